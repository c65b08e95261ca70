"""TCK419: batch norm in training mode meets a batch of one."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.crash import Crash
from torchcheck.facts.passes import Pass
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

_RAISED = pattern(r"Expected more than 1 value per channel when training, got input size (?P<size>.+)")
_DROP = "Give the training loader `drop_last=True`, or choose a batch size that doesn't leave one item over."


class BatchNormBatchOfOne(Rule):
    """A batch of one, often the last of an epoch, meets batch norm in training mode.

    Judged where the sizes are known: the rows of a `TensorDataset` and the batch size of its loader, loaders of
    single items, and single samples. Not accused: `drop_last=True`, a model in evaluation mode, group and layer norm,
    batch norm over images or sequences that have more than one position, code that looks at the size of its batches
    or handles the error, and sizes that the source doesn't tell.
    """

    code = "TCK419"
    name = "batchnorm-batch-of-one"
    level = Level.ERROR
    why = "One value for each channel has no variance: torch raises a ValueError, often only at the end of an epoch."
    help = "Train on batches of two or more (`drop_last=True`), and call `model.eval()` before single samples."
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
dataset = TensorDataset(torch.randn(33, 4), torch.randn(33, 1))
loader = DataLoader(dataset, batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(2):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
        self.norm = nn.BatchNorm1d(8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.fc(x))))


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(1, 4), torch.tensor([1])
for epoch in range(2):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
dataset = TensorDataset(torch.randn(33, 4), torch.randn(33, 1))
loader = DataLoader(dataset, batch_size=16, shuffle=True, drop_last=True)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(2):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(model(torch.randn(1, 4)))
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(1, 3, 8, 8), torch.tensor([1])  # each channel has 36 values
for epoch in range(2):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )

    def passes(self, fact: Pass) -> Iterable[Found]:
        lone = fact.lone
        if lone is None:
            return
        which = "the last batch, which holds a single item" if lone.last else "a batch of one"
        yield Found(
            message=f"`{fact.model}` is given {which}, while its batch norm `{lone.norm}` is in training mode.",
            at=fact.place,
            help=_DROP if lone.last else None,
        )

    def crash(self, fact: Crash) -> Iterable[Found]:
        raised = _RAISED.search(fact.text)
        if fact.kind != "ValueError" or raised is None or "BatchNorm" not in (fact.module_kind or "BatchNorm"):
            return
        which = f"`{fact.module}`" if fact.module else "Batch norm"
        yield Found(
            message=f"{which} is in training mode and was given one value for each channel ({raised['size']}).",
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"input_size": raised["size"]},
        )
