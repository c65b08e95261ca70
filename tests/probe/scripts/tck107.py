"""Runs of softmax-over-wrong-dim."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

def learn(net, loss=F.cross_entropy, make=lambda: torch.randn(16, 7, 5), pick=lambda x: x[:, 0, :3].argmax(1)):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for step in range(8):
        x = make()
        optimizer.zero_grad()
        loss(net(x), pick(x)).backward()
        optimizer.step()
"""
_ATTENTION = (
    _HEAD
    + """\
class Attention(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.inp, self.q, self.k, self.v = (nn.Linear(n, d) for n in (5, d, d, d))
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(d, 3)

    def forward(self, x):
        h = self.inp(x)
        scores = self.q(h) @ self.k(h).transpose(1, 2) / 8**0.5
        weights = torch.softmax(scores, dim=DIM)
        return self.head((self.drop(weights) @ self.v(h)).mean(1))

learn(Attention())
"""
)
_HEADS = (
    _HEAD
    + """\
class Heads(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.qkv, self.head = nn.Linear(5, 3 * d), nn.Linear(d, 3)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, 2, 4).permute(2, 0, 3, 1, 4)
        weights = F.softmax(q @ k.transpose(-1, -2), dim=DIM)
        return self.head((weights @ v).transpose(1, 2).reshape(b, t, 8).mean(1))

learn(Heads())
"""
)
_CLASSES = (
    _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(12, 16), nn.Linear(16, 4)

    def forward(self, x):
        return F.log_softmax(self.b(F.relu(self.a(x))), dim=DIM)

learn(Net(), F.nll_loss, lambda: torch.randn(16, 12), lambda x: x[:, :4].argmax(1))
"""
)
_MAPS = (
    _HEAD
    + """\
class Maps(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 3, 1))

    def forward(self, x):
        return torch.log_softmax(self.net(x), DIM)

learn(Maps(), nn.NLLLoss(), lambda: torch.randn(4, 1, 8, 8), lambda x: (x[:, 0] > 0).long())
"""
)


def _marked(text: str, dim: int) -> str:
    lines = text.replace("DIM", str(dim)).split("\n")
    return "\n".join(f"{line}  # <-" if "softmax(" in line else line for line in lines)


BAD = {
    "attention over the samples": _marked(_ATTENTION, 0),
    "attention of several heads": _marked(_HEADS, -4),
    "log-probabilities over the batch": _marked(_CLASSES, 0),
    "maps of classes": _marked(_MAPS, 0),
}

GOOD = {
    "attention over the keys": _ATTENTION.replace("DIM", "-1"),
    "attention over the queries, as slots do": _ATTENTION.replace("DIM", "1"),
    "heads that compete": _HEADS.replace("DIM", "1"),
    "log-probabilities over the classes": _CLASSES.replace("DIM", "-1"),
    "maps over the channels": _MAPS.replace("DIM", "1"),
    "a contrast of both sides": _HEAD
    + """\
left, right = nn.Linear(6, 8), nn.Linear(4, 8)
optimizer = torch.optim.Adam([*left.parameters(), *right.parameters()], lr=1e-3)
for step in range(8):
    a, b = F.normalize(left(torch.randn(16, 6)), dim=1), F.normalize(right(torch.randn(16, 4)), dim=1)
    logits = 5 * a @ b.T
    labels = torch.arange(16)
    loss = -(logits.log_softmax(1).diagonal() + logits.log_softmax(0).diagonal()).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "branches that are mixed": _HEAD
    + """\
class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates, self.maps = nn.Parameter(torch.randn(3, 1, 1)), nn.Parameter(torch.randn(3, 5, 4))
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        mixed = torch.bmm(x[:3] * torch.softmax(self.gates, 0), self.maps)
        return self.head(mixed.sum(0)).repeat(3, 1)[:16]

learn(Mixed(), pick=lambda x: torch.randint(0, 3, (16,)))
""",
    "a bag of instances": _HEAD
    + """\
class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.score, self.head = nn.Linear(5, 1), nn.Linear(5, 3)

    def forward(self, x):
        return self.head((torch.softmax(self.score(x), dim=0) * x).sum(0, keepdim=True))

learn(Bag(), make=lambda: torch.randn(7, 5), pick=lambda x: x[:1, :3].argmax(1))
""",
}
