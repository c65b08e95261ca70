"""TCK207: an evaluation that autograd records for nothing."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class EvaluationWithGrad(Rule):
    """A whole evaluation pass runs with gradients recorded, and no backward uses them.

    `model.eval()` changes how layers act and leaves recording on. Accused is a loop over evaluation data in a program
    whose callers can all be seen. Not accused: a function that may be called under `no_grad`, a model whose parameters
    are frozen, and work that needs gradients of its inputs (adversarial examples, saliency).
    """

    code = "TCK207"
    name = "evaluation-with-grad"
    level = Level.WARNING
    why = "Every activation of the evaluation is kept for a backward that never comes: more memory, and slower."
    help = "Run the evaluation under `with torch.no_grad():` (or `torch.inference_mode()`)."
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(64, 8), torch.randn(64, 1)
train_loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x, y), batch_size=16)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for xb, yb in train_loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    model.eval()
    total = 0.0
    for xb, yb in val_loader:
        total += nn.functional.mse_loss(model(xb), yb).item()
    print(total / len(val_loader))
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def evaluate(model, loader):
    model.eval()
    total = 0.0
    for x, y in loader:
        total += nn.functional.cross_entropy(model(x), y).item()
    return total / len(loader)


torch.manual_seed(0)
data = TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
print(evaluate(model, DataLoader(data, batch_size=16)))
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def evaluate(model, loader):
    model.eval()
    correct = 0
    for x, y in loader:
        correct += (model(x).argmax(dim=1) == y).sum().item()
    return correct


torch.manual_seed(0)
data = TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
with torch.no_grad():
    print(evaluate(model, DataLoader(data, batch_size=16)))
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
test_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=16)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
model.eval()
for x, y in test_loader:  # what the inputs have to do with the loss
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(nn.functional.cross_entropy(model(x), y), x)
    print(gradient.abs().mean().item())
""",
    )

    def modes(self, fact: Pass) -> Iterable[Found]:
        if fact.purpose is Purpose.EVALUATION and fact.whole and fact.recorded is True:
            yield Found(
                message=f"This evaluation of `{fact.model}` is recorded for gradients that nothing uses.",
                at=fact.place,
            )
