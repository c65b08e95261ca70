"""How the gradients of several backwards are added up for one step."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from torchcheck.facts.accumulation import Accumulation
from torchcheck.facts.step import Act, Event
from torchcheck.finding import Span
from torchcheck.probe.graph import nodes
from torchcheck.probe.source import enclosing

_SUMS = ("AddBackward0", "SubBackward0", "NegBackward0")
_LOSSES = ("NllLoss", "MseLoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BinaryCrossEntropy", "KlDiv", "MeanBackward")
_TOP = 30
_MEAN = 1


@dataclass(frozen=True)
class Round:
    """What came between two steps: so many backwards of one line, each with the same acts around it."""

    turns: int
    backward: Span
    step: Span
    clear: Span | None
    clip: Span | None


def rounds(events: Sequence[Event]) -> list[Round | None]:
    """What led to each of the last two steps; None where it is no accumulation that can be judged."""
    ends = [index for index, event in enumerate(events) if event.act is Act.STEP]
    if len(ends) < 2 or ends[-1] != len(events) - 1:
        return []
    starts = [ends[-3] + 1 if len(ends) > 2 else 0, ends[-2] + 1]
    return [_round(events[start : end + 1]) for start, end in zip(starts, ends[-2:], strict=True)]


def _round(events: Sequence[Event]) -> Round | None:
    acts = [event for event in events if event.act is not Act.SCHEDULE]
    backwards = [event for event in acts if event.act is Act.BACKWARD]
    places = {event.place.span() for event in backwards}
    if len(backwards) < 2 or len(places) != 1 or not all(event.certain for event in acts):
        return None
    if any(event.act in (Act.UNKNOWN, Act.BY_HAND) for event in acts):
        return None
    turns: list[list[Event]] = []
    for event in acts:
        if event.act is Act.BACKWARD:
            turns.append([])
        elif turns:
            turns[-1].append(event)
    between = [[event.act for event in turn] for turn in turns[:-1]]
    clears = [event for turn in turns[:-1] for event in turn if event.act is Act.CLEAR]
    clips = [event for turn in turns for event in turn if event.act is Act.CLIP]
    return Round(
        turns=len(backwards),
        backward=places.pop(),
        step=acts[-1].place.span(),
        clear=clears[0].place.span() if all(Act.CLEAR in turn for turn in between) else None,
        clip=clips[0].place.span() if len(clips) == len(backwards) else None,
    )


def is_even(found: Sequence[Round | None]) -> bool:
    """Whether both rounds are alike."""
    return len(found) == 2 and found[0] is not None and found[0] == found[1]


def accumulation(found: Round, optimizer: str, divided: bool | None) -> Accumulation | None:
    """The fact, if something says that the accumulation is meant: a division, or a count of turns."""
    counted = _counted(found.backward, found.step)
    if counted is None and divided is not True and found.clip is None:
        return None
    return Accumulation(
        optimizer=optimizer,
        backward=found.backward,
        step=found.step,
        turns=counted or str(found.turns),
        divided=divided if counted is not None else divided or None,
        clear=found.clear,
        clip=found.clip,
    )


def is_divided(loss: Tensor, *, scaled: bool) -> bool | None:
    """Whether a loss is a mean that was divided or weighted (True) or not (False); None where it is neither.

    Args:
        scaled: a `GradScaler` has multiplied it last.
    """
    root: Any = loss.grad_fn
    if root is not None and scaled:
        root = root.next_functions[0][0]
    if root is None:
        return None
    for node in nodes(root, _TOP, stop=_is_loss):
        name = node.name()
        if name.startswith(("DivBackward", "MulBackward")):
            return True
        if _is_loss(node):
            if getattr(node, "_saved_reduction", _MEAN) != _MEAN:
                return None
        elif name not in _SUMS:
            return None
    return False


def _is_loss(node: Any) -> bool:
    return bool(node.name().startswith(_LOSSES))


def _counted(backward: Span, step: Span) -> str | None:
    """By what a loop around both counts its turns, as in `if (i + 1) % k == 0`."""
    scope = enclosing(step.filename, step.start.row)
    rows = (backward.start.row, step.start.row)
    if scope is None or backward.filename != step.filename:
        return None
    loops = [
        node
        for node in ast.walk(scope)
        if isinstance(node, (ast.For, ast.While)) and all(node.lineno <= row <= (node.end_lineno or 0) for row in rows)
    ]
    innermost = min(loops, key=lambda loop: (loop.end_lineno or 0) - loop.lineno, default=None)
    for node in ast.walk(innermost) if innermost is not None else ():
        if isinstance(node, ast.If):
            for test in ast.walk(node.test):
                if isinstance(test, ast.BinOp) and isinstance(test.op, ast.Mod):
                    return ast.unparse(test.right)
    return None
