"""Correct programs that look like a loss fed wrongly. Each id says why the program is right."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes

RIGHT = {
    "a method of a ready-made model that is no layer": """
        import torchvision
        F.nll_loss(torchvision.models.resnet18().log_probabilities(x), y)
        """,
    "logits": "F.cross_entropy(nn.Linear(4, 3)(x), y)",
    "probabilities beside the logits for a metric": """
        logits = nn.Linear(4, 3)(x)
        confidence = logits.softmax(1).max()
        loss = F.cross_entropy(logits, y)
        """,
    "soft labels on the target side": "F.cross_entropy(student(x), teacher(x).softmax(1))",
    "softmax on the branch for inference": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 3)
            def forward(self, x):
                x = self.fc(x)
                if not self.training:
                    x = F.softmax(x, dim=1)
                return x
        F.cross_entropy(Net()(x), y)
        """,
    "early return of logits in training": """
        class Net(nn.Module):
            def forward(self, x):
                if self.training:
                    return x
                return torch.softmax(x, 1)
        F.cross_entropy(Net()(x), y)
        """,
    "softmax only where an argument asks for it": """
        class Net(nn.Module):
            def __init__(self, probs=False):
                super().__init__()
                self.probs = probs
            def forward(self, x):
                return F.softmax(x, 1) if self.probs else x
        F.cross_entropy(Net()(x), y)
        """,
    "attention weights": """
        class Attention(nn.Module):
            def __init__(self):
                super().__init__()
                self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)
                self.out = nn.Linear(8, 3)
            def forward(self, x):
                w = F.softmax(self.q(x) @ self.k(x).transpose(-2, -1), dim=-1)
                return self.out((w @ self.v(x)).mean(1))
        F.cross_entropy(Attention()(x), y)
        """,
    "mixture of experts gate": """
        gate = F.softmax(nn.Linear(4, 2)(x), dim=1)
        out = (gate.unsqueeze(-1) * torch.stack([a(x), b(x)], 1)).sum(1)
        F.cross_entropy(out, y)
        """,
    "log of probabilities for NLL": "F.nll_loss(torch.log(x.softmax(1)), y)",
    "log with an epsilon": "F.nll_loss(torch.log(x.softmax(1) + 1e-8), y)",
    "log_softmax for NLL": "nn.NLLLoss()(nn.LogSoftmax(1)(nn.Linear(4, 3)(x)), y)",
    "log-probabilities from elsewhere": "F.nll_loss(log_probs, y)",
    "sigmoid for BCE": "F.binary_cross_entropy(torch.sigmoid(nn.Linear(4, 1)(x)), y)",
    "softmax for BCE": "nn.BCELoss()(F.softmax(nn.Linear(4, 2)(x), 1)[:, 1], y)",
    "a complement of a probability": "nn.BCELoss()(1 - torch.sigmoid(nn.Linear(4, 1)(x)), y)",
    "clamped to a probability": "nn.BCELoss()(nn.Linear(4, 1)(x).clamp(0, 1), y)",
    "product of probabilities": "nn.BCELoss()(torch.sigmoid(a) * torch.sigmoid(b), y)",
    "capped softly on purpose": "F.cross_entropy(30 * torch.tanh(nn.Linear(4, 3)(x) / 30), y)",
    "the softmax is replaced": """
        m = nn.Sequential(nn.Linear(4, 3), nn.Softmax(1))
        m[-1] = nn.Identity()
        F.cross_entropy(m(x), y)
        """,
    "the softmax is rebound": "x = x.softmax(1)\nx = nn.Linear(3, 3)(x)\nF.cross_entropy(x, y)",
    "the criterion changes with the model": """
        if args.probs:
            model, criterion = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(1)), nn.NLLLoss()
        else:
            model, criterion = nn.Linear(4, 3), nn.CrossEntropyLoss()
        criterion(model(x), y)
        """,
    "a class of the project that is called like torch's": """
        class CrossEntropyLoss(nn.Module):
            def forward(self, probs, y):
                return -(probs.log() * y).sum()
        CrossEntropyLoss()(x.softmax(1), y)
        """,
    "a method that is called like a loss": (
        "class A:\n    def cross_entropy(self, p, y):\n        return p\nA().cross_entropy(x.softmax(1), y)"
    ),
    "softmax of a policy": """
        probs = F.softmax(nn.Linear(4, 2)(x), dim=-1)
        action = torch.distributions.Categorical(probs).sample()
        """,
    "unpacked arguments": "args = (x.softmax(1), y)\nF.cross_entropy(*unknown(args))",
    "the loop ends in another layer": """
        x = x.softmax(1)
        for layer in layers:
            x = layer(x)
        F.cross_entropy(x, y)
        """,
    "an untaken branch": "USE = False\nif USE:\n    x = x.softmax(1)\nF.cross_entropy(x, y)",
    "kl divergence of log-probabilities": "F.kl_div(F.log_softmax(a, 1), F.softmax(b, 1), reduction='batchmean')",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_silent(source: str) -> None:
    assert codes(source) == []


def test_the_forward_of_a_model_with_a_head_of_its_own_gives_what_the_head_gives() -> None:
    source = """
        import torchvision
        model = torchvision.models.densenet121()
        model.classifier = nn.Sequential(nn.Linear(1024, 2), nn.LogSoftmax(dim=1))
        F.nll_loss(model.forward(x), y)
        """
    assert codes(source) == ["TCK502"]


OTHERS = {
    "log_softmax before cross entropy": ("F.cross_entropy(F.log_softmax(x, 1), y)", "TCK102"),
    "raw logits for NLL": ("F.nll_loss(nn.Linear(4, 3)(x), y)", "TCK103"),
    "softmax for NLL": ("nn.NLLLoss()(nn.Softmax(1)(x), y)", "TCK103"),
    "logits plus a residual are logits": ("F.nll_loss(nn.Linear(4, 3)(x) + nn.Linear(4, 3)(x) / 2, y)", "TCK103"),
    "pooled logits are logits": ("F.nll_loss(nn.AdaptiveAvgPool2d(1)(nn.Conv2d(3, 9, 1)(x)).flatten(1), y)", "TCK103"),
    "linear by hand": ("w = nn.Parameter(torch.zeros(4, 3))\nF.nll_loss(x @ w + 1, y)", "TCK103"),
    "linear by hand on a leaf": (
        "w = torch.zeros(4, 3, requires_grad=True)\nF.nll_loss(torch.matmul(x, w), y)",
        "TCK103",
    ),
    "F.linear": ("F.nll_loss(F.linear(x, w, b), y)", "TCK103"),
    "sigmoid before BCE with logits": ("F.binary_cross_entropy_with_logits(torch.sigmoid(x), y)", "TCK104"),
    "nn.Sigmoid in a Sequential": (
        "m = nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())\nnn.BCEWithLogitsLoss()(m(x).squeeze(1), y)",
        "TCK104",
    ),
    "BCE without sigmoid": ("nn.BCELoss()(nn.Linear(4, 1)(x), y)", "TCK105"),
    "BCE of tanh": ("nn.BCELoss()(torch.tanh(x), y)", "TCK105"),
    "ReLU before cross entropy": ("F.cross_entropy(F.relu(nn.Linear(4, 3)(x)), y)", "TCK106"),
    "sigmoid before cross entropy": ("F.cross_entropy(nn.Linear(4, 3)(x).sigmoid(), y)", "TCK106"),
}


@pytest.mark.parametrize(("source", "code"), OTHERS.values(), ids=OTHERS)
def test_other_mistakes(source: str, code: str) -> None:
    assert codes(source) == [code]
