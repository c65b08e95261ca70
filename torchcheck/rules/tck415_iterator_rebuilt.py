"""TCK415: a data loader's iterator made anew for every batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView

_ON_PURPOSE = words("debug overfit profile benchmark visualize visualise plot show preview sample demo sanity warmup")
"""Words of functions, conditions and comments that take one batch on purpose."""
_NOT_FOR_TRAINING = words("val valid validation test eval dev")
_TRAINS = words("backward step zero_grad manual_backward")


class IteratorRebuilt(Rule):
    """`next(iter(loader))` in the loop of the steps starts the loader anew each time, and takes its first batch.

    Once before the loop, the start of a new iterator after `StopIteration`, one batch for a picture or a test of
    overfitting, and loops over several loaders are right.
    """

    code = "TCK415"
    name = "iterator-rebuilt"
    level = Level.WARNING
    why = "Each step starts the workers again and takes the first batch: without shuffling always the same one."
    help = (
        "Write `for batch in loader:`, or make the iterator once, `batches = iter(loader)`, and call `next(batches)`."
    )
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(8, 2), torch.randn(8, 1)), batch_size=4, shuffle=True)
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(10):
    x, y = next(iter(loader))
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


def train(model, train_loader, optimizer, steps):
    step = 0
    while step < steps:
        batch = iter(train_loader).__next__()
        loss = model(batch).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1


net = nn.Linear(2, 1)
train(net, [torch.randn(4, 2)], torch.optim.SGD(net.parameters(), lr=0.01), 3)
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(8, 2), torch.randn(8, 1)), batch_size=4, shuffle=True)
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
batches = iter(loader)
for step in range(10):
    try:
        x, y = next(batches)
    except StopIteration:
        batches = iter(loader)
        x, y = next(batches)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(8, 2), torch.randn(8, 1)), batch_size=4, shuffle=True)
x, y = next(iter(loader))
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(10):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )
    call_names = frozenset({"next", "__next__"})

    def call(self, view: CallView) -> Iterable[Found]:
        source = view.receiver if view.last_name == "__next__" else view.argument(0)
        if source is None or (view.last_name == "next" and view.target != "builtins.next"):
            return
        made = source.call
        if made is None or made.target != "builtins.iter" or len(made.arguments) != 1:
            return
        loader = made.arguments[0].value
        if not _is_loader(loader) or not _trains_with_it(view, loader) or _is_on_purpose(view):
            return
        yield Found(
            message=f"`{view.text}` starts `{loader.text}` anew in every step, and takes its first batch.",
            at=view,
        )


def _is_loader(value: ExprView) -> bool:
    made = value.value.call
    size = made.argument(1, "batch_size") if made is not None else None
    if size is not None and size.mentions("len"):
        return False  # one batch is all there is
    if not _NOT_FOR_TRAINING.isdisjoint(value.words):
        return False
    if value.kind is Kind.LOADER:
        return True
    name = (value.attribute or value.identifier or "").lower()
    return value.kind is Kind.UNKNOWN and ("loader" in name or name.endswith("_dl"))


def _trains_with_it(view: CallView, loader: ExprView) -> bool:
    """Whether the innermost loop around it takes a step of training each time, always with this loader."""
    loop = view.file.loop_around(view)
    if loop is None or (loader.identifier is not None and loop.binds(loader.identifier)):
        return False
    return any(call.last_name in _TRAINS and call.receiver is not None for call in loop.own_calls)


def _is_on_purpose(view: CallView) -> bool:
    for test in view.conditions:
        if "%" in test.text or not _ON_PURPOSE.isdisjoint(test.words):
            return True
    name = view.function.name.lower() if view.function is not None else ""
    remarks = f"{view.remarks} {name}"
    return any(word in remarks for word in _ON_PURPOSE) or "StopIteration" in view.caught
