"""TCK108: prediction and target of an elementwise loss broadcast against each other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from torchcheck.facts.crash import Crash
from torchcheck.facts.loss import Loss, LossFed, Shape, show_shape
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_STRICT = {Loss.BCE, Loss.BCE_WITH_LOGITS}  # these raise where the others broadcast
_SIZE_ERRORS = ("that is different to the input size", "must be the same as input size")


class LossBroadcast(Rule):
    """Prediction and target of an elementwise loss have unlike shapes and broadcast, (N, 1) against (N,).

    Every prediction then meets every target, and the best answer is the mean of all targets: the model learns a
    constant. A loss against one number, against a target that is shared on purpose (only the target is stretched), and
    a pairwise loss written with explicit axes are right and not accused.
    """

    code = "TCK108"
    name = "loss-broadcast"
    level = Level.ERROR
    why = "Broadcasting pairs every prediction with every target, so the model converges to the mean of the targets."
    help = "Give both the same shape: `output.squeeze(1)`, or `target.unsqueeze(1)`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32)
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32)
for _ in range(5):
    optimizer.zero_grad()
    prediction = model(x)
    loss = ((prediction - y) ** 2).mean()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32)
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x).squeeze(1), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Linear(4, 1)
optimizer = torch.optim.SGD(encoder.parameters(), lr=0.1)
x = torch.randn(32, 4)
wanted = torch.cdist(x, x)
for _ in range(5):
    optimizer.zero_grad()
    z = encoder(x).squeeze(1)
    distances = (z[:, None] - z[None, :]).abs()  # every pair, on purpose
    loss = (distances - wanted).abs().mean()
    loss.backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if not (fact.loss.is_elementwise or fact.loss in _STRICT):
            return
        if fact.input_shape is None or fact.target_shape is None:
            return
        input_stretched = _is_stretched(fact.input_shape, fact.target_shape)
        target_stretched = _is_stretched(fact.target_shape, fact.input_shape)
        # A prediction that only is stretched is a slip in a named loss, but ordinary arithmetic in a formula; there a
        # column against a row, (N, 1) and (1, N), is laid out on purpose.
        by_hand = fact.loss is Loss.BY_HAND
        laid_out = len(fact.input_shape) == len(fact.target_shape)
        if not input_stretched or (by_hand and (not target_stretched or laid_out)):
            return
        shapes = f"{show_shape(fact.input_shape)} and {show_shape(fact.target_shape)}"
        yield Found(
            message=f"Prediction and target of {_loss_phrase(fact)} have shapes {shapes} and broadcast to "
            f"{show_shape(_broadcast(fact.input_shape, fact.target_shape))}.",
            at=fact.place,
            step=fact.step,
            evidence={"input_shape": list(fact.input_shape), "target_shape": list(fact.target_shape)},
        )

    def crash(self, fact: Crash) -> Iterable[Found]:
        if fact.kind == "ValueError" and any(text in fact.text for text in _SIZE_ERRORS):
            yield Found(
                message=f"Prediction and target of the loss have unlike shapes: torch stopped here ({fact.text}).",
                at=fact.place,
                module=fact.module,
                step=fact.step,
            )


def _loss_phrase(fact: LossFed) -> str:
    return "the loss" if fact.loss is Loss.BY_HAND else f"`{fact.spelling}`"


def _is_stretched(shape: Shape, other: Shape) -> bool:
    """Whether broadcasting against `other` surely repeats `shape`: an axis of size 1, or none, meets a larger one.

    A size that is not known is taken for larger than 1 only where it is the other's batch axis.
    """
    if all(size == 1 for size in shape):
        return False  # one number against many: a constant target or a single parameter, no slip
    pairs = zip_longest(reversed(shape), reversed(other), fillvalue=1)
    batch_axis = len(other) - 1
    return any(
        own == 1 and (size != 1 if size is not None else axis == batch_axis) for axis, (own, size) in enumerate(pairs)
    )


def _broadcast(one: Shape, two: Shape) -> Shape:
    pairs = zip_longest(reversed(one), reversed(two), fillvalue=1)
    return tuple(b if a == 1 else a for a, b in pairs)[::-1]
