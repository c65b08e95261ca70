"""What is known of a value that comes from several branches: what all of them agree on."""

from __future__ import annotations

from collections.abc import Sequence as Items
from dataclasses import replace

from torchcheck.facts.loss import Activation, Shape
from torchcheck.lint.interp.torch_values import Criterion, Deps, Mode, Module, Optimizer, Scheduler, StateDict, Tensor
from torchcheck.lint.interp.values import (
    UNKNOWN,
    Choice,
    Class,
    Const,
    External,
    Function,
    Instance,
    Partial,
    Sequence,
    Value,
    sequence,
)

_CHOOSABLE = (Module, Criterion, Class, Instance, Function, Partial, External, Optimizer, Scheduler, StateDict, Choice)
"""Values that are followed as alternatives; all else that differs is unknown."""
_MAX_OPTIONS = 6


def join(values: Items[Value]) -> Value:
    """The value that stands for all of them."""
    distinct = _distinct(values)
    if len(distinct) == 1:
        return distinct[0]
    if Const(None) in distinct:
        rest = join([value for value in distinct if value != Const(None)])
        return Choice((*options_of(rest), Const(None))) if rest is not UNKNOWN else UNKNOWN
    modes = [value for value in distinct if isinstance(value, Mode)]
    if len(modes) == len(distinct):
        return modes[0] if len({mode.training for mode in modes}) == 1 else Mode(None)
    tensors = [value for value in distinct if isinstance(value, Tensor)]
    if len(tensors) == len(distinct):
        return join_tensors(tensors)
    optimizers = [value for value in distinct if isinstance(value, Optimizer)]
    if len(optimizers) == len(distinct):
        return _join_optimizers(optimizers)
    sequences = [value for value in distinct if isinstance(value, Sequence)]
    if len(sequences) == len(distinct):
        return _join_sequences(sequences)
    if all(isinstance(value, _CHOOSABLE) for value in distinct):
        options = _merged_criterions(_flat(distinct))
        if len(options) == 1:
            return options[0]
        return Choice(options) if len(options) <= _MAX_OPTIONS else UNKNOWN
    return UNKNOWN


def join_tensors(tensors: Items[Tensor]) -> Tensor:
    """A tensor that is one of these, or made of all of them piece by piece."""
    first = tensors[0]
    agreed = all(t.activation is first.activation for t in tensors)
    return Tensor(
        activation=first.activation if agreed else Activation.UNKNOWN,
        applied=first.applied if agreed else None,
        shape=join_shapes([t.shape for t in tensors]),
        deps=join_deps([t.deps for t in tensors]),
        leaf=all(t.leaf for t in tensors),
        cut=first.cut if all(t.cut is not None for t in tensors) else None,
        lost=first.lost if all(t.lost == first.lost for t in tensors) else (),
        width=first.width if all(t.width == first.width for t in tensors) else None,
        by_hand=next((t.by_hand for t in tensors if t.by_hand is not None), None),
        scaled=all(t.scaled for t in tensors),
        beneath=first.beneath if agreed and all(t.beneath is first.beneath for t in tensors) else Activation.UNKNOWN,
    )


def join_deps(deps: Items[Deps]) -> Deps:
    """Everything that any of them depends on."""
    return frozenset().union(*deps)


def join_shapes(shapes: Items[Shape | None]) -> Shape | None:
    """The sizes that all shapes agree on; None when their ranks differ or one is not known."""
    first = shapes[0]
    if first is None or any(shape is None or len(shape) != len(first) for shape in shapes):
        return None
    known = [shape for shape in shapes if shape is not None]
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*known, strict=True))


def options_of(value: Value) -> tuple[Value, ...]:
    """The values that one may be, less None: what is not there can't be used."""
    if isinstance(value, Choice):
        return tuple(option for option in value.options if option != Const(None))
    return (value,)


def plain(value: Value) -> Value:
    """A value that may also be None, as what it is when it is used."""
    options = options_of(value)
    return options[0] if len(options) == 1 else value


def _join_sequences(values: list[Sequence]) -> Value:
    kinds = {value.kind for value in values}
    lengths = {len(value.items) for value in values}
    if len(kinds) == 1 and len(lengths) == 1 and not any(value.open for value in values):
        return sequence(values[0].kind, [join(items) for items in zip(*(v.items for v in values), strict=True)])
    if len(kinds) == 1:
        return sequence(values[0].kind, common_suffix([value.items for value in values]), open=True)
    return UNKNOWN


def common_suffix(versions: Items[tuple[Value, ...]]) -> tuple[Value, ...]:
    """The items at the end that every version of a list has."""
    shortest = min(versions, key=len)
    for count in range(len(shortest)):
        here = [version[-1 - count] for version in versions]
        if any(item is not here[0] for item in here):
            return shortest[len(shortest) - count :]
    return shortest


def _join_optimizers(values: list[Optimizer]) -> Optimizer:
    """One optimizer: whichever it is, it is the one that the program goes on with."""
    kinds = {value.kind for value in values}
    return Optimizer(
        values[0].name,
        kinds.pop() if len(kinds) == 1 else "",
        join_deps([value.owners for value in values]),
        built=all(value.built for value in values),
        named=values[0].named,
        parts=(*values, *(part for value in values for part in value.parts)),
    )


def _distinct(values: Items[Value]) -> list[Value]:
    distinct: list[Value] = []
    for value in values:
        if not any(value is other or (isinstance(value, Const | External) and value == other) for other in distinct):
            distinct.append(value)
    return distinct


def _merged_criterions(options: tuple[Value, ...]) -> tuple[Value, ...]:
    """Options with one criterion of each loss: which of its arguments it was built with, the branches may know."""
    merged: list[Value] = []
    for option in options:
        twin = next((one for one in merged if _same_loss(one, option)), None)
        if isinstance(twin, Criterion) and isinstance(option, Criterion):
            names = {**twin.arguments, **option.arguments}
            both = {name: _agreed(twin.arguments.get(name), option.arguments.get(name)) for name in names}
            merged[merged.index(twin)] = replace(twin, arguments=both)
        else:
            merged.append(option)
    return tuple(merged)


def _same_loss(one: Value, other: Value) -> bool:
    return isinstance(one, Criterion) and isinstance(other, Criterion) and one.loss is other.loss


def _agreed(one: Value | None, other: Value | None) -> Value:
    return one if one is not None and (one is other or one == other) else UNKNOWN


def _flat(values: list[Value]) -> tuple[Value, ...]:
    options: list[Value] = []
    for value in values:
        options += value.options if isinstance(value, Choice) else [value]
    return tuple(_distinct(options))
