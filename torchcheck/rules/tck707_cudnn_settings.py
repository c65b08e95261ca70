"""TCK707: cuDNN told to search for the fastest algorithm, and to be deterministic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code.uses import in_one_block
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, FileView
    from torchcheck.code.nodes import NodeView

_CUDNN = "torch.backends.cudnn."
_STRICT = ("torch.use_deterministic_algorithms", "torch.set_deterministic")


class CudnnSettings(Rule):
    """`cudnn.benchmark = True` beside `cudnn.deterministic = True`: runs to be equal, and an algorithm found by race.

    Accused where both are set in one place, or one of them for the whole file; not where a condition chooses between
    them, where `benchmark` is switched off beside `deterministic`, and where two functions set one each.
    """

    code = "TCK707"
    name = "cudnn-settings"
    level = Level.INFO
    why = "The race picks among the deterministic algorithms by their speed, so that two runs may still differ."
    help = "For runs that repeat set `torch.backends.cudnn.benchmark = False`; for speed leave `deterministic` off."
    bad = (
        """\
import torch

torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = True
print(torch.backends.cudnn.benchmark)
""",
        """\
import torch
from torch.backends import cudnn


def set_seed(seed):
    torch.manual_seed(seed)
    cudnn.benchmark = True
    cudnn.deterministic = True


set_seed(0)
""",
    )
    good = (
        """\
import torch

torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
print(torch.backends.cudnn.benchmark)
""",
        """\
import torch

seed = None
if seed is not None:
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
else:
    torch.backends.cudnn.benchmark = True
""",
    )
    call_names = frozenset({"flags"})

    def call(self, view: CallView) -> Iterable[Found]:
        both = [view.argument(None, name) for name in ("benchmark", "deterministic")]
        if view.target == f"{_CUDNN}flags" and all(value is not None and value.literal is True for value in both):
            yield _found(view)

    def file(self, view: FileView) -> Iterable[Found]:
        if "benchmark" not in view.identifiers:
            return
        searches = list(_set(view, "benchmark", True))
        fixed = list(_set(view, "deterministic", True)) if searches else []
        fixed += [call for call in view.calls if searches and call.target in _STRICT and _is_on(call)]
        off = list(_set(view, "benchmark", False))
        for search in searches:
            if any(_meet(search, one) and not any(in_one_block(one, other) for other in off) for one in fixed):
                yield _found(search)


def _set(view: FileView, name: str, value: bool) -> Iterator[NodeView]:
    for assignment in view.assignments:
        if assignment.target.name == _CUDNN + name and assignment.value.literal is value:
            yield assignment.target


def _is_on(call: CallView) -> bool:
    mode = call.argument(0, "mode")
    return mode is not None and mode.literal is True


def _meet(one: NodeView, other: NodeView) -> bool:
    """Whether both surely come into force: set in one place, or one of them for the whole file."""
    return in_one_block(one, other) or any(v.function is None and not v.conditions for v in (one, other))


def _found(view: NodeView) -> Found:
    return Found(message="`cudnn.benchmark` and `cudnn.deterministic` are both on, and contradict each other.", at=view)
