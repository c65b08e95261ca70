"""Loops that step an optimizer for which nothing computes gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchcheck.facts.step import Act
from torchcheck.lint.interp.concerns import concerns, surely_concerns
from torchcheck.lint.interp.events import Events, Forward, GradientRead, Handed, Happening, LossMade, flat
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.torch_values import Optimizer
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern

_BACKWARD = pattern(r"^[^#\n]*\.backward\(")


def starving_loops(
    events: Events, loops: Sequence[Events], optimizer: Optimizer, others: Sequence[Optimizer]
) -> Iterator[Events]:
    """The loops with a loss whose optimizer gets no gradients, neither in them nor anywhere else in the program.

    A backward that none of the other optimizers is for was meant for this one, whatever it reaches.
    """
    own = [event for event in happenings(events) if concerns(event, optimizer)]
    backwards = [event for event in happenings(events) if event.act is Act.BACKWARD]
    if any(event in own or not any(surely_concerns(event, o) for o in others) for event in backwards):
        return
    every = list(flat(events))
    if any(isinstance(event, Handed | GradientRead) for event in every):
        return
    followed = _followed_backwards(events)
    if any(_rows_that_say_backward(file, 1, None) - followed.get(file, set()) for file in _files(own)):
        return
    for body in loops:
        inside = [event for event in happenings(body) if concerns(event, optimizer)]
        hidden = any(event.act is Act.UNKNOWN for event in inside)
        if not hidden and _is_training(body) and not _says_backward(body, followed):
            yield body


def _is_training(body: Events) -> bool:
    """Whether a loss is computed, or another optimizer gets its gradients: a loop that draws a schedule has neither."""
    learns = any(event.act is Act.BACKWARD for event in happenings(body))
    return learns or any(isinstance(event, LossMade) for event in flat(body))


def _followed_backwards(events: Events) -> dict[SourceFile, set[int]]:
    """The rows of the backwards that were followed to the modules that they are for."""
    rows: dict[SourceFile, set[int]] = {}
    for event in happenings(events):
        if event.act is Act.BACKWARD and event.deps and 0 not in event.deps:
            file, node = event.place.file, event.place.node
            span = file.span(node)
            rows.setdefault(file, set()).update(range(span.start.row, span.end.row + 1))
    return rows


def _files(events: Sequence[Happening]) -> set[SourceFile]:
    return {event.place.file for event in events}


def _says_backward(body: Events, followed: dict[SourceFile, set[int]]) -> bool:
    """Whether a backward is written in a loop, though nothing learns from it: that is another mistake."""
    places = [event.place for event in flat(body) if isinstance(event, Happening | Forward)]
    for file in {place.file for place in places}:
        rows = [file.span(place.node).start.row for place in places if place.file is file]
        if _rows_that_say_backward(file, min(rows), max(rows)) - followed.get(file, set()):
            return True
    return False


def _rows_that_say_backward(file: SourceFile, first: int, last: int | None) -> set[int]:
    lines = file.text.split("\n")[first - 1 : last]
    return {row for row, line in enumerate(lines, first) if _BACKWARD.search(line)}
