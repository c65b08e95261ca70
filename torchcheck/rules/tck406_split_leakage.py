"""TCK406: the same samples in training and in validation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.loading import SamplesShared
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class SplitLeakage(Rule):
    """Samples that a model was trained on are among those that evaluate it.

    Two splits that were drawn independently, slices that overlap, or a training on the whole dataset beside a
    validation on a part of it. An evaluation on all of the training data (the training accuracy), on a part of it
    beside another on data that was held out, folds with a model and an optimizer of their own, and data whose samples
    are alike by nature are right.
    """

    code = "TCK406"
    name = "split-leakage"
    level = Level.ERROR
    why = "The model has seen the answers: the validation tells how well it remembers, not how well it will do."
    help = "Split once, before anything else, with a fixed generator, and build all loaders from that split."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        part: float = option(
            0.02, "Part of the evaluated samples that must be shared; data has a few twins.", minimum=0, maximum=1
        )
        samples: int = option(3, "Samples that must be shared.", minimum=1)

    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(100, 4)
data = TensorDataset(x, x[:, :1])
train_set, _ = random_split(data, [80, 20])
_, val_set = random_split(data, [80, 20])
train_loader = DataLoader(train_set, batch_size=16, shuffle=True)
val_loader = DataLoader(val_set, batch_size=20)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    for xb, yb in train_loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(model(xb), yb).item() for xb, yb in val_loader))
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(100, 4), torch.randint(0, 2, (100,))
train_loader = DataLoader(TensorDataset(x[:80], y[:80]), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x[70:], y[70:]), batch_size=16)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    for xb, yb in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        optimizer.step()
    with torch.no_grad():
        print(sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in val_loader))
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(100, 4)
train_set, val_set = random_split(TensorDataset(x, x[:, :1]), [80, 20])
train_loader = DataLoader(train_set, batch_size=16, shuffle=True)
val_loader = DataLoader(val_set, batch_size=20)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    for xb, yb in train_loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(model(xb), yb).item() for xb, yb in val_loader))
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(100, 4), torch.randint(0, 2, (100,))
data = TensorDataset(x, y)
loader, once_more = DataLoader(data, batch_size=16, shuffle=True), DataLoader(data, batch_size=50)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    for xb, yb in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        optimizer.step()
    with torch.no_grad():  # the training accuracy
        print(sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in once_more) / 100)
""",
    )

    def shared(self, fact: SamplesShared) -> Iterable[Found]:
        if fact.shared < self.options.samples or fact.shared < self.options.part * fact.evaluated:
            return
        contained = fact.shared >= 0.98 * fact.evaluated
        if contained and (not fact.only or fact.shared >= 0.95 * fact.trained):
            return
        yield Found(
            message=f"{fact.shared} of the {fact.evaluated} samples of `{fact.evaluation}` are among those that were "
            f"trained on (`{fact.training}`).",
            at=fact.place,
            step=fact.step,
            evidence={"shared": fact.shared, "evaluated": fact.evaluated, "trained": fact.trained},
        )
