"""The user's own `autograd.Function`s in the graph of the loss, beside finite differences in float64."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction

from torchcheck.facts.exam import OwnGradient
from torchcheck.finding import Position, Span
from torchcheck.preflight.randomness import Randomness
from torchcheck.preflight.row import Row, Verdict, not_judged
from torchcheck.preflight.sitting import Sitting

NAME = "own gradients"
_COORDINATES = 24
_STEP = 1e-5
_WRONG = 1e-2
"""A gradient is wrong from this part of the finite difference on; kinks and rounding lie far below, or are left out."""
_NOTHING = 1e-9
_MOST_NODES = 200_000


@dataclass
class Checked:
    """What the comparison of one argument gave."""

    argument: str
    looked_at: int = 0
    wrong: int = 0
    surrogate: int = 0
    worst: float = 0.0
    given: float = 0.0
    measured: float = 0.0


def check(sitting: Sitting) -> Row:
    """Compare the gradients of every function of the user's that the loss goes through."""
    with torch.enable_grad():
        loss = sitting.task.loss()
    classes = own_functions(loss)
    if not classes:
        return Row(NAME, Verdict.NOT_JUDGED, "the loss goes through no `autograd.Function` of the user's")
    codes: list[str] = []
    told: list[str] = []
    for function in classes:
        outcome, found = _check_one(sitting, function)
        told.append(f"{function.__name__} {outcome}")
        codes += found
    judged = [text for text in told if not text.endswith("not judged")]
    verdict = Verdict.FAILED if codes else Verdict.PASSED if judged else Verdict.NOT_JUDGED
    return Row(NAME, verdict, "; ".join(told), tuple(dict.fromkeys(codes)))


def own_functions(loss: Tensor) -> list[Any]:
    """The classes of functions outside torch that stand in the graph."""
    seen: set[Any] = set()
    found: dict[Any, None] = {}
    stack = [loss.grad_fn]
    while stack and len(seen) < _MOST_NODES:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if isinstance(node, BackwardCFunction):
            function = getattr(node, "_forward_cls", None)
            if function is not None and not function.__module__.startswith("torch."):
                found[function] = None
        stack += [parent for parent, _ in node.next_functions]
    return list(found)


def _check_one(sitting: Sitting, function: Any) -> tuple[str, tuple[str, ...]]:
    """The outcome in a word, and the codes of what was found."""
    calls: list[tuple[Any, ...]] = []
    with recorded(function, calls):
        sitting.task.loss()
    if not calls:
        return "not judged", ()
    try:
        results = compared(function, calls[0])
    except Exception:  # it may take no float64, or want what only its module gives it
        return "not judged", ()
    if not results or not any(result.looked_at for result in results):
        return "not judged", ()
    if any(result.surrogate for result in results):
        return "has a gradient where its output stands still: as a straight-through estimator has, not judged", ()
    wrong = max(results, key=lambda result: result.wrong)
    if wrong.wrong < 2 and wrong.wrong < wrong.looked_at:
        return "agrees with finite differences", ()
    fact = OwnGradient(
        place=_place(function),
        function=function.__name__,
        argument=wrong.argument,
        given=wrong.given,
        measured=wrong.measured,
        wrong=wrong.wrong,
        looked_at=wrong.looked_at,
    )
    return f"gives {wrong.given:.3g} where {wrong.measured:.3g} is right", sitting.judge("own_gradient", fact)


@contextmanager
def recorded(function: Any, calls: list[tuple[Any, ...]]) -> Iterator[None]:
    """While it is on, keeps copies of the arguments of the first call."""
    original = vars(function).get("forward")
    forward = function.forward
    with_context = not _has_setup(function)

    def keeping(*args: Any, **kwargs: Any) -> Any:
        if not calls:
            given = args[1:] if with_context else args
            calls.append(tuple(one.detach().clone() if isinstance(one, Tensor) else one for one in given))
        return forward(*args, **kwargs)

    function.forward = staticmethod(keeping)
    try:
        yield
    finally:
        if original is None:
            del function.forward
        else:
            function.forward = original


def _has_setup(function: Any) -> bool:
    return function.setup_context is not torch.autograd.Function.setup_context


def compared(function: Any, given: tuple[Any, ...]) -> list[Checked]:
    """The gradient of each floating argument at some of its numbers, and what finite differences say."""
    args = [one.double() if isinstance(one, Tensor) and one.is_floating_point() else one for one in given]
    moving = [place for place, one in enumerate(args) if isinstance(one, Tensor) and one.is_floating_point()]
    names = _names(function, len(args))
    randomness = Randomness()
    generator = torch.Generator().manual_seed(0)
    weights: list[Tensor] = []

    def value(arguments: list[Any]) -> Tensor:
        randomness.restore()
        fresh = [one.clone() if isinstance(one, Tensor) else one for one in arguments]
        result = function.apply(*fresh)
        outputs = [one for one in (result if isinstance(result, tuple) else (result,)) if _is_float(one)]
        if not weights:
            weights.extend(
                torch.randn(one.shape, generator=generator, dtype=torch.float64).to(one.device) for one in outputs
            )
        return torch.stack([(one.double() * weight).sum() for one, weight in zip(outputs, weights, strict=True)]).sum()

    for place in moving:
        args[place] = args[place].requires_grad_()
    if not moving or _is_identity(function, args, moving):
        return []
    total = value(args)
    gradients = torch.autograd.grad(total, [args[place] for place in moving], allow_unused=True)
    plain = [one.detach() if isinstance(one, Tensor) else one for one in args]
    results = []
    with torch.no_grad():
        if float(value(plain)) != float(value(plain)):
            return []  # no function of its arguments
        for place, gradient in zip(moving, gradients, strict=True):
            if gradient is not None:  # None says that it has none on purpose
                results.append(_argument(names[place], value, plain, place, gradient))
    return results


def _argument(name: str, value: Any, args: list[Any], place: int, gradient: Tensor) -> Checked:
    checked = Checked(name)
    count = args[place].numel()
    picked = torch.randperm(count, generator=torch.Generator().manual_seed(1))[:_COORDINATES].tolist()
    for index in picked:
        measured = _difference(value, args, place, index)
        if measured is None:
            continue
        given = float(gradient.reshape(-1)[index])
        checked.looked_at += 1
        if abs(measured) < _NOTHING and abs(given) > 1e-6:
            checked.surrogate += 1
            continue
        error = abs(given - measured)
        if error > _WRONG * max(abs(measured), abs(given)) and error > 1e-7:
            checked.wrong += 1
            if error > checked.worst:
                checked.worst, checked.given, checked.measured = error, given, measured
    return checked


def _difference(value: Any, args: list[Any], place: int, index: int) -> float | None:
    """The derivative along one number; None at a kink, and where rounding hides it."""
    here = args[place]
    width = _STEP * max(1.0, float(here.reshape(-1)[index].abs()))
    found = []
    for step in (width, -width, 8 * width):
        moved = here.clone()
        moved.view(-1)[index] += step
        arguments = [*args[:place], moved, *args[place + 1 :]]
        found.append((float(value(arguments)) - float(value(args))) / step)
    forward, backward, wide = found
    scale = max(abs(forward), abs(backward), abs(wide))
    if scale < _NOTHING:
        return 0.0
    agree = abs(forward - backward) <= 2e-3 * scale and abs(forward - wide) <= 1e-2 * scale
    return (forward + backward) / 2 if agree else None


def _is_identity(function: Any, args: list[Any], moving: list[int]) -> bool:
    """Whether it gives back what it was given: a gradient that is scaled, reversed or clipped on purpose."""
    result = function.apply(*args)
    outputs = [one for one in (result if isinstance(result, tuple) else (result,)) if _is_float(one)]
    return any(
        one.shape == args[place].shape and torch.equal(one.double(), args[place]) for one in outputs for place in moving
    )


def _is_float(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


def _names(function: Any, count: int) -> list[str]:
    try:
        names = list(inspect.signature(function.forward).parameters)
    except (TypeError, ValueError):
        names = []
    names = names if _has_setup(function) else names[1:]
    return [*names, *(f"argument {place}" for place in range(len(names), count))][:count]


def _place(function: Any) -> Span:
    try:
        lines, row = inspect.getsourcelines(function)
        filename = inspect.getsourcefile(function) or "<unknown>"
    except (OSError, TypeError):
        return Span("<unknown>", Position(1, 1), Position(1, 1))
    text = lines[0].rstrip("\n")
    indent = len(text) - len(text.lstrip())
    return Span(filename, Position(row, indent + 1), Position(row, len(text) + 1))


def skipped() -> Row:
    """Where there was no time."""
    return not_judged(NAME, "there was no time")
