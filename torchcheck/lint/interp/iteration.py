"""What iterating over a value gives: item by item where the items are known, otherwise any one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.lint.interp.join import join, plain
from torchcheck.lint.interp.torch_values import NOTHING, Dataset, Loader, Module, Parameters, Tensor
from torchcheck.lint.interp.values import (
    ANY_INTEGER,
    ITEMS,
    OPEN,
    UNKNOWN,
    Const,
    Instance,
    Mapping,
    Sequence,
    Spread,
    Value,
    sequence,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def known_items(m: Machine, value: Value) -> list[Value] | None:
    """The items of a value in order; None where not all are known."""
    if isinstance(value, Sequence):
        return None if value.open else list(value.items)
    if isinstance(value, Mapping):
        return None if value.open else [Const(key) for key in value.cells]
    if isinstance(value, Module) and ITEMS in value.cells and not value.cells.get(OPEN):
        return list(value.cells[ITEMS].values())
    if isinstance(value, Instance) and isinstance(base := value.cells.get("<base>"), Module):
        return known_items(m, base)
    return None


def spread_items(m: Machine, value: Value) -> tuple[list[Value], bool]:
    """What a list gets that takes up all items of a value, and whether unknown ones come before these."""
    value = plain(value)
    if isinstance(value, Parameters):
        return [Spread(value)], False
    if isinstance(value, Sequence):
        return list(value.items), value.unseen
    items = known_items(m, value)
    return items or [], items is None


def element(m: Machine, value: Value) -> Value:
    """Any one item of a value."""
    if isinstance(value, Loader):
        return value.batch
    if isinstance(value, Dataset):
        return value.item
    if isinstance(value, Tensor):
        return replace(value, shape=value.shape[1:] if value.shape else None, width=None, by_hand=None)
    if isinstance(value, Parameters):
        return Tensor(deps=value.owners, leaf=True)
    if isinstance(value, Instance):
        return _of_instance(m, value)
    if isinstance(value, Sequence) and not value.unseen and value.items:
        return join([element(m, i.parameters) if isinstance(i, Spread) else i for i in value.items])
    items = known_items(m, value)
    return join(items) if items else UNKNOWN


def is_data(value: Value) -> bool:
    """Whether a value is made of tensors that no model has had to do with, and of numbers."""
    if isinstance(value, Sequence):
        return not value.open and all(map(is_data, value.items))
    if isinstance(value, Const):
        return isinstance(value.value, int | float)
    return isinstance(value, Tensor) and value.deps == NOTHING and not value.leaf


def _of_instance(m: Machine, value: Instance) -> Value:
    from torchcheck.lint.interp.calls import call_values
    from torchcheck.lint.interp.classes import find_method

    method = find_method(value.cls, "__getitem__")
    if method is None or find_method(value.cls, "__iter__") is not None:
        return UNKNOWN
    return call_values(m, method.bind(value), [ANY_INTEGER])


def batch_of(item: Value, size: int | None = None) -> Value:
    """What a DataLoader makes of items like this one, in batches of a size that may not be known."""
    if isinstance(item, Tensor):
        shape = (size, *item.shape) if item.shape is not None else None
        return replace(item, shape=shape, width=None, by_hand=None)
    if isinstance(item, Sequence) and not item.open:
        return sequence("list", [batch_of(part, size) for part in item.items])
    if isinstance(item, Const) and isinstance(item.value, int | float):
        return Tensor(shape=(size,), deps=frozenset())
    if isinstance(item, Mapping):
        return Mapping({key: batch_of(part, size) for key, part in item.cells.items()}, item.open)
    return UNKNOWN
