"""What is remembered of one scheduler, and what its steps show."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from torchcheck.facts.scheduler import ScheduleStep, Unit
from torchcheck.finding import Span
from torchcheck.naming import EPOCHS, STEPS, better_name, tokens
from torchcheck.probe.source import call_at

_LENGTHS = {
    "CosineAnnealingLR": ("T_max", 1),
    "OneCycleLR": ("total_steps", 2),
    "LinearLR": ("total_iters", 3),
    "PolynomialLR": ("total_iters", 1),
}
"""The argument that holds the length of a schedule, and its position."""
_FACTORS = {"StepLR": "gamma", "MultiStepLR": "gamma", "ExponentialLR": "gamma", "ConstantLR": "factor"}
_FEWEST = 3  # optimizer steps that prove anything


@dataclass(frozen=True, slots=True)
class Trained:
    """How long an optimizer has trained since the scheduler was built: its steps, and passes over loaders."""

    steps: int
    epochs: int


@dataclass(eq=False, slots=True)
class Seen:
    """The steps at one place: how many, and whether the first came before the optimizer's and others after it."""

    count: int = 0
    early: bool = False
    ahead: bool = False


@dataclass(eq=False)
class Life:
    """One scheduler.

    Attributes:
        optimizer: its identity.
        before, epochs_before: steps of the optimizer, and passes over loaders, when it was built.
        owned: another scheduler steps it.
        length: of the schedule, where it has one.
    """

    scheduler: ref[Any]
    kind: str
    spelling: str
    name: str
    place: Span
    optimizer: int
    optimizer_name: str
    before: int
    epochs_before: int
    owned: bool = False
    length: float | None = None
    mode: str | None = None
    factor: float | None = None
    factor_name: str = ""
    places: dict[Span, Seen] = field(default_factory=dict)

    def read(self, scheduler: Any) -> None:
        """Take over what it was built with."""
        kind = type(scheduler).__name__
        if kind in _LENGTHS:
            self.length = _number(getattr(scheduler, _LENGTHS[kind][0], None))
        if kind == "ReduceLROnPlateau":
            self.mode = getattr(scheduler, "mode", None)
        if kind in _FACTORS:
            self.factor_name = _FACTORS[kind]
            self.factor = _number(getattr(scheduler, self.factor_name, None))

    def stepped(self, place: Span, done: int) -> bool:
        """Count a step after `done` steps of the optimizer; whether it shows something new."""
        seen = self.places.get(place)
        if seen is None:
            self.places[place] = Seen(count=1, early=done == 0)
            return True
        seen.count += 1
        if seen.early and not seen.ahead and done:
            seen.ahead = True
            return True
        return False

    def span(self, trained: Trained) -> tuple[Unit | None, str]:
        """What the length counts, told by the source, or else by the numbers of this run."""
        named = _LENGTHS.get(self.kind.rpartition(".")[2])
        if named is None or not self.length:
            return None, ""
        written = _written(self.place, *named)
        text = f"{named[0]}={written}" if written else f"{named[0]}={self.length:g}"
        said = {token for part in _names(written) for token in tokens(part)}
        if said & EPOCHS and not said & STEPS and "len(" not in written:
            return Unit.EPOCH, text
        if "len(" in written or (said & STEPS and not said & EPOCHS):
            return Unit.BATCH, text
        if trained.epochs and trained.steps >= 2 * trained.epochs:
            if self.length == trained.epochs and trained.epochs > 2 and named[0] != "total_iters":
                return Unit.EPOCH, text
            if abs(self.length - trained.steps) <= 0.05 * trained.steps:
                return Unit.BATCH, text
        return None, text

    def unit(self, seen: Seen, trained: Trained) -> Unit | None:
        """How often it steps at a place."""
        per_epoch = trained.steps / trained.epochs if trained.epochs else None
        if seen.count >= 0.9 * trained.steps:
            if per_epoch is not None:
                return Unit.BATCH if per_epoch >= 1.5 else None
            # Without loaders epochs can't be counted: a schedule that ran out long ago was meant for them.
            return Unit.BATCH if self.length and seen.count > 1.5 * self.length else None
        if per_epoch is not None:
            return Unit.EPOCH if per_epoch >= 1.5 and abs(seen.count - trained.epochs) <= 1 else None
        return Unit.EPOCH if seen.count > 1 and trained.steps >= 1.5 * seen.count else None


def is_forgotten(life: Life, trained: Trained) -> bool:
    """Whether its optimizer has trained, and nothing has stepped it."""
    is_late = life.kind.endswith("SWALR")  # the last part of a training only
    return not life.places and not life.owned and trained.steps >= _FEWEST and not is_late


def step_fact(life: Life, place: Span, seen: Seen, trained: Trained, *, final: bool) -> ScheduleStep:
    """What a rule is told of the steps at one place."""
    call = call_at(place)
    given = call.args[0] if call is not None and call.args else None
    fed = ast.unparse(given) if given is not None else ""
    plain = given if isinstance(given, (ast.Name, ast.Attribute)) else None
    name = plain.attr if isinstance(plain, ast.Attribute) else getattr(plain, "id", "")
    return ScheduleStep(
        place=place,
        unit=life.unit(seen, trained) if final and not fed else None,
        fed=fed,
        better=better_name(name) if name else None,
        ahead=seen.ahead and call is not None and not call.args and not call.keywords,
    )


def _written(place: Span, keyword: str, position: int) -> str:
    """An argument of a call as the user writes it."""
    call = call_at(place)
    if call is None:
        return ""
    named = next((k.value for k in call.keywords if k.arg == keyword), None)
    if named is None and len(call.args) > position and not any(isinstance(a, ast.Starred) for a in call.args):
        named = call.args[position]
    return ast.unparse(named) if named is not None else ""


def _names(text: str) -> list[str]:
    """The names and attributes in an expression."""
    try:
        parts = list(ast.walk(ast.parse(text, mode="eval"))) if text else []
    except SyntaxError:
        return []
    attributes = [part.attr for part in parts if isinstance(part, ast.Attribute)]
    return attributes + [part.id for part in parts if isinstance(part, ast.Name)]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
