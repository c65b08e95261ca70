"""TCK114: targets of a kind that the loss does not take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.crash import Crash
from torchcheck.facts.target import TargetBatch, TargetsSeen
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule, RuleOptions, option

_OUT_OF_BOUNDS = pattern(r"Target (?P<id>-?\d+) is out of bounds")
_MULTI_TARGET = pattern(r"0D or 1D target tensor expected, multi-target not supported")
_BEYOND = pattern(r"all elements of target should be between 0 and 1")
_CLASS_LOSSES = ("cross_entropy", "nll_loss")


class TargetKind(Rule):
    """Targets of a kind that the loss does not take: class ids, or labels of -1 and 1, where it wants probabilities,
    probabilities of classes that don't sum to 1, class ids outside of the model's classes.

    Binary cross entropy takes any number and cross entropy any row of floats, so these mistakes cost no exception.
    Soft labels, smoothed labels (a little beyond 0 and 1, as GANs have them), mixed samples, rows of zeros for what is
    masked out, and ids that the loss ignores are right.
    """

    code = "TCK114"
    name = "target-kind"
    level = Level.ERROR
    why = "The loss is computed for a question that nobody asked: it may fall below zero, and its minimum is elsewhere."
    help = "Give the loss the targets that it is defined for."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        slack: float = option(
            0.35, "How far smoothed labels may lie beyond 0 and 1; those of GANs reach 1.2 (ganhacks).", minimum=0
        )
        rows: float = option(
            0.25, "Part of the rows that must not sum to 1; a row of zeros may be masked out.", minimum=0, maximum=1
        )

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
x = torch.randn(32, 4)
y = torch.sign(x[:, :1])
for _ in range(5):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, tags = torch.randn(32, 4), (torch.rand(32, 5) < 0.6).float()
for _ in range(5):
    optimizer.zero_grad()
    F.cross_entropy(model(x), tags).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randint(0, 5, (32,))
for _ in range(5):
    optimizer.zero_grad()
    mixed = 0.7 * F.one_hot(y, 5).float() + 0.3 * F.one_hot(y.flip(0), 5)
    F.cross_entropy(model(x), mixed).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss(ignore_index=-1)
x, y = torch.randn(32, 4), torch.randint(-1, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
""",
    )

    def targets(self, fact: TargetsSeen) -> Iterable[Found]:
        batch = fact.batches[-1]
        message, help = self._as_classes(fact, batch) if fact.classes else self._as_probability(fact, batch)
        if message:
            yield Found(
                message=message,
                at=fact.place,
                help=help,
                step=fact.step,
                evidence={"low": batch.low, "high": batch.high, "dtype": fact.dtype, "row_sum": batch.row_sum},
            )

    def _as_probability(self, fact: TargetsSeen, batch: TargetBatch) -> tuple[str, str]:
        if batch.low >= -self.options.slack and batch.high <= 1 + self.options.slack:
            return "", ""
        message = (
            f"{fact.subject} holds values from {batch.low:.3g} to {batch.high:.3g}, but `{fact.spelling}` takes "
            "probabilities from 0 to 1."
        )
        if not batch.whole:
            return message, "Scale the targets to 0 to 1, or use a loss for numbers, such as `nn.MSELoss`."
        if (batch.low, batch.high) == (-1, 1):
            return message, "Make the labels 0 and 1: `(y + 1) / 2`; or use `nn.SoftMarginLoss`, which takes -1 and 1."
        return message, "Use `nn.CrossEntropyLoss` for class ids, or make the labels 0 and 1."

    def _as_classes(self, fact: TargetsSeen, batch: TargetBatch) -> tuple[str, str]:
        if batch.off_sum is None or batch.off_sum <= self.options.rows:
            return "", ""
        if batch.low < 0:
            wrong = f"holds negative values (down to {batch.low:.3g})"
        elif abs(batch.row_sum) < 0.5 and batch.high <= 1:
            return "", ""  # rows that are masked out
        else:
            wrong = f"has rows that sum to {batch.row_sum:.3g}"
        message = f"{fact.subject} {wrong}, but `{fact.spelling}` takes floats as probabilities that sum to 1."
        if batch.whole and len(fact.shape) == 1:
            return message, "These look like class ids: give the loss logits of shape (N, C) and `y.long()`."
        if batch.whole and batch.high <= 1:
            return message, "For several labels a sample use `nn.BCEWithLogitsLoss`."
        return message, "Pass class ids (`y.long()`), or probabilities that sum to 1."

    def crash(self, fact: Crash) -> Iterable[Found]:
        if _BEYOND.search(fact.text):
            yield Found(
                message="The target holds values outside of 0 to 1, but this loss takes probabilities.",
                at=fact.place,
                help="Scale the targets to 0 to 1, make the labels 0 and 1, or use a loss for numbers.",
                step=fact.step,
                evidence={"error": fact.text},
            )
        if not any(name in fact.function for name in _CLASS_LOSSES):
            return
        data = next((tensor for tensor in fact.tensors if tensor.name == "input"), None)
        target = next((tensor for tensor in fact.tensors if tensor.name == "target"), None)
        classes = data.shape[1] if data is not None and len(data.shape) > 1 else None
        outside = _OUT_OF_BOUNDS.search(fact.text)
        if outside is not None:
            number = int(outside["id"])
            has = f"the model tells {classes} classes apart (0 to {classes - 1})" if classes else "no such class exists"
            fix = "Give the last layer as many outputs as there are classes"
            yield Found(
                message=f"The target holds class {number}, but {has}.",
                at=fact.place,
                help=f"{fix}." if number != classes else f"{fix}; if the labels start at 1, subtract 1 from them.",
                step=fact.step,
                evidence={"error": fact.text, "classes": classes},
            )
        elif _MULTI_TARGET.search(fact.text) and target is not None:
            one_hot = classes is not None and target.shape[-1] == classes
            what = "one-hot rows" if one_hot else f"shape {target.shape}"
            yield Found(
                message=f"The target has {what} of whole numbers, but the loss takes one class id a sample.",
                at=fact.place,
                help="Pass `y.argmax(dim=1)`." if one_hot else "Pass `y.squeeze(1)`.",
                step=fact.step,
                evidence={"error": fact.text},
            )
