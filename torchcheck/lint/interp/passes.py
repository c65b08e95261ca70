"""From the events of an entry point to its passes: what each call of a model was for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.facts.step import Act
from torchcheck.lint.interp.drifts import drifting_by_mistake
from torchcheck.lint.interp.events import Events, Fork, Forward, GradientRead, Happening, Loop, Scope, flat
from torchcheck.lint.interp.relapses import relapses
from torchcheck.lint.interp.torch_values import Loader, Module
from torchcheck.lint.interp.traces import Run
from torchcheck.lint.interp.values import Instance, Symbol
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern
from torchcheck.records import frozen

_EVALUATES = pattern(
    r"(?i)(?<![a-z])(val|valid|validate|validation|test|testing|eval|evaluate|evaluation|dev|holdout|held_?out|infer|"
    r"inference|predict|prediction|accuracy|score|metrics?)(?![a-z])|(?<![a-z])(val|valid|test|eval)(loader|set|data|dl|ds)"
    r"|loader_?(val|test)|(X|x|y)(val|test)|evaluate|validate|[a-z](Eval|Val|Test)(?![a-z])"
)
_LOOKS_ODD = pattern(
    r"(?i)(?<![a-z])(mc|bn|swa|tta|ema|tent|maml|meta|bald|acquisition)(?![a-z])|monte|bayes|uncertain|dropout|calib|"
    r"teacher|ensemble|stochastic|adapt|few_?shot|episod|running_?stat|recompute|pseudo|adversar|attack|fgsm|pgd|"
    r"salien|grad_?cam|attribut|perturb|invert|swag|update_(bn|stat)|batch_?norm|warm_?up|bench|profil|latency|trace|"
    r"export|onnx|sampl|generat|synth"
)
"""Work in which training mode, or gradients, are wanted where nothing learns: by its names."""
_OVER_DATA = pattern(r"(?i)load(er)?s?\b|loader|_dl\b|\bdl_?|data|set\b|batch|iter")
_INSIDE = pattern(r"\.module(\.\w+)?$")
_GRADIENTS_WANTED = pattern(r"requires_grad|autograd\.grad|retain_grad|jacobian|hessian|vjp|jvp|\.grad\b|hook")

Told = tuple[SourceFile, Pass]


@frozen
class _Seen:
    """A forward, with the loops around it, and whether a backward came before it in the program."""

    forward: Forward
    loops: tuple[Loop, ...]
    trained: bool


def passes(run: Run) -> Iterator[Told]:
    """The passes of an entry point."""
    seen = list(_forwards(run.events, (), [False]))
    learns = any(isinstance(event, Happening) and event.act is Act.BACKWARD for event in flat(run.events))
    training = []
    told: set[int] = set()
    for each in seen:
        fact = _pass(each, visible=run.top or learns)
        if fact.bypass and any(_is_wrapped(other, each) for other in seen):
            fact = replace(fact, bypass=False)
        if fact.whole and fact.recorded is True:  # one word for each loop: all of it goes under one `no_grad`
            fact = replace(fact, whole=id(each.loops[-1]) not in told)
            told.add(id(each.loops[-1]))
        if fact.purpose is Purpose.TRAINING:
            training.append(each.forward)
        yield each.forward.place.file, fact
    for forward, left_at in relapses(run.events, training):
        fact = _told(forward, Purpose.TRAINING)
        yield left_at.file, replace(fact, training=False, left_at=left_at)


def recorded_evaluations(events: Events, *, visible: bool) -> set[int]:
    """The loops, by the identity of their statements, that evaluate a model with gradients recorded."""
    seen = _forwards(events, (), [False])
    recorded = [each for each in seen if each.forward.recorded is True and each.loops]
    return {id(each.loops[-1].statement) for each in recorded if _pass(each, visible=visible).whole}


def _forwards(events: Events, loops: tuple[Loop, ...], trained: list[bool]) -> Iterator[_Seen]:
    for event in events:
        if isinstance(event, Forward):
            yield _Seen(event, loops, trained[0])
        elif isinstance(event, Happening):
            trained[0] = trained[0] or event.act is Act.BACKWARD
        elif isinstance(event, Loop):
            yield from _forwards(event.events, (*loops, event), trained)
        elif isinstance(event, Scope):
            yield from _forwards(event.events, loops, trained)
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from _forwards(arm.events, loops, trained)


def _is_wrapped(other: _Seen, past: _Seen) -> bool:
    """Whether the wrapper itself is called in the loop of a call past it: then it averages the gradients of both."""
    wrapper = _INSIDE.sub("", past.forward.name)
    together = bool(other.loops and past.loops) and other.loops[-1] is past.loops[-1]
    return together and other.forward.name == wrapper


def _pass(seen: _Seen, *, visible: bool) -> Pass:
    forward = seen.forward
    if _is_evaluation(seen):
        whole = visible and _goes_over_data(seen) and _named_so(seen) and not _wants_gradients(seen)
        return replace(_told(forward, Purpose.EVALUATION), whole=whole)
    if forward.recorded is not False and seen.loops and any(_learns(loop) is True for loop in seen.loops[-1:]):
        return _told(forward, Purpose.TRAINING)
    return _told(forward, None)


def _told(forward: Forward, purpose: Purpose | None) -> Pass:
    return Pass(
        purpose=purpose,
        place=forward.place,
        model=forward.name,
        training=forward.mode.training,
        noisy=forward.noisy,
        recorded=forward.recorded,
        drifting=drifting_by_mistake(forward),
        mode_place=forward.mode.place,
        bypass=forward.bypass,
        lone=forward.lone,
    )


def _is_evaluation(seen: _Seen) -> bool:
    forward = seen.forward
    if not forward.used or any(map(_LOOKS_ODD.search, (*forward.functions, forward.name, forward.inputs))):
        return False
    if any(_LOOKS_ODD.search(loop.over) for loop in seen.loops):
        return False
    if _goes_over_data(seen) and _learns(seen.loops[-1]) is False:
        return forward.recorded is False or _named_so(seen)
    if _EVALUATES.search(forward.inputs) is None:
        return False
    if forward.recorded is False:
        return seen.trained
    return seen.trained and not any(_learns(loop) is not False for loop in seen.loops)


def _goes_over_data(seen: _Seen) -> bool:
    if not seen.loops:
        return False
    loop = seen.loops[-1]
    return not loop.over.startswith("range(") and (isinstance(loop.iterable, Loader) or _is_data(loop.over))


def _is_data(over: str) -> bool:
    return _OVER_DATA.search(over) is not None


def _named_so(seen: _Seen) -> bool:
    """Whether the function or the data is called what evaluations are called."""
    nearest = seen.forward.functions[-2:]
    return any(map(_EVALUATES.search, (*nearest, seen.loops[-1].over if seen.loops else "")))


def _learns(loop: Loop) -> bool | None:
    """Whether something is learnt in a loop; None when that can't be told."""
    acts = [event.act for event in flat(loop.events) if isinstance(event, Happening)]
    return True if Act.BACKWARD in acts else None if acts else False


def _wants_gradients(seen: _Seen) -> bool:
    """Whether somebody may look at gradients: then recording is what it is for."""
    forward, loop = seen.forward, seen.loops[-1]
    if not isinstance(forward.model, Instance | Module | Symbol):
        return True
    read = any(isinstance(event, GradientRead) for event in flat(loop.events))
    return read or _GRADIENTS_WANTED.search(loop.place.file.text) is not None
