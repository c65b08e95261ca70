"""Methods of lists, tuples and dictionaries, and of objects of other libraries that are known by their class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint.interp.data import random_array
from torchcheck.lint.interp.iteration import spread_items
from torchcheck.lint.interp.join import join, plain
from torchcheck.lint.interp.torch_values import NOTHING, Tensor
from torchcheck.lint.interp.values import (
    ITEMS,
    OPEN,
    UNKNOWN,
    Const,
    ExternalObject,
    Mapping,
    Method,
    Sequence,
    Spread,
    Value,
    sequence,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_MAX_ITEMS = 200


def sequence_method(m: Machine, func: Method, site: CallSite) -> Value:
    receiver = func.receiver
    assert isinstance(receiver, Sequence)
    name = func.name
    if name == "append" and site.args:
        _extend(m, receiver, [site.args[0]], unknown_before=False)
    elif name in ("extend", "__iadd__") and site.args:
        extend(m, receiver, site.args[0])
    elif name == "pop":
        return _pop(m, receiver, site)
    elif name in ("insert", "remove", "clear", "sort", "reverse"):
        m.write(receiver.cells, ITEMS, ())
        m.write(receiver.cells, OPEN, name != "clear")
    elif name == "copy":
        return sequence(receiver.kind, receiver.items, receiver.unseen)
    m.use(*site.values())
    return UNKNOWN


def extend(m: Machine, receiver: Sequence, other: Value) -> None:
    """`receiver.extend(other)` and `receiver += other`."""
    added, unseen = spread_items(m, other)
    _extend(m, receiver, added, unknown_before=unseen)


def _extend(m: Machine, receiver: Sequence, added: list[Value], *, unknown_before: bool) -> None:
    items = () if unknown_before else receiver.items
    if len(items) + len(added) > _MAX_ITEMS:
        items, unknown_before = (), True
    m.write(receiver.cells, ITEMS, (*items, *added))
    if unknown_before:
        m.write(receiver.cells, OPEN, True)


def _pop(m: Machine, receiver: Sequence, site: CallSite) -> Value:
    items = receiver.items
    if not site.args and items and not isinstance(items[-1], Spread):
        m.write(receiver.cells, ITEMS, items[:-1])
        return items[-1]
    m.write(receiver.cells, ITEMS, ())
    m.write(receiver.cells, OPEN, True)
    return UNKNOWN


def mapping_method(m: Machine, func: Method, site: CallSite) -> Value:
    receiver = func.receiver
    assert isinstance(receiver, Mapping)
    cells, name = receiver.cells, func.name
    if name in ("get", "pop", "setdefault"):
        key = site.const(0, "key")
        if isinstance(key, str | int):
            if key in cells:
                return cells[key]  # type: ignore[no-any-return]
            return UNKNOWN if receiver.open else site.arg(1, "default") or Const(None)
        values = list(cells.values())
        return join(values) if values and not receiver.open else UNKNOWN
    if name == "items":
        pairs = [sequence("tuple", [Const(key), value]) for key, value in cells.items()]
        return sequence("list", pairs, receiver.open)
    if name in ("values", "keys"):
        return sequence("list", cells.values() if name == "values" else map(Const, cells), receiver.open)
    if name == "update":
        _update(m, receiver, site)
    elif name == "copy":
        return Mapping(dict(cells), receiver.open)
    return UNKNOWN


def _update(m: Machine, receiver: Mapping, site: CallSite) -> None:
    other = plain(site.args[0]) if site.args else None
    if isinstance(other, Mapping):
        for key, value in other.cells.items():
            m.write(receiver.cells, key, value)
    if other is not None and (not isinstance(other, Mapping) or other.open):
        receiver.open = True
    for key, value in site.keywords.items():
        m.write(receiver.cells, key, value)


_ARRAYS = {"pandas.DataFrame": (None, None), "pandas.Series": (None,)}


def object_method(m: Machine, func: Method, site: CallSite) -> Value:
    """A method of a pandas frame or series, or of a scaler of scikit-learn."""
    receiver = func.receiver
    assert isinstance(receiver, ExternalObject)
    m.use(*site.values())
    if receiver.kind == "numpy.rng":
        return random_array(site, func.name)
    if receiver.kind in _ARRAYS:
        if func.name in ("to_numpy", "values"):
            return Tensor(shape=_ARRAYS[receiver.kind], deps=NOTHING)
        kept = ("drop", "astype", "copy", "fillna", "dropna", "reset_index", "sample", "sort_values", "head", "apply")
        return receiver if func.name in kept else UNKNOWN
    if receiver.kind.startswith("sklearn.preprocessing") and func.name in ("fit_transform", "transform"):
        first = plain(site.args[0]) if site.args else UNKNOWN
        if isinstance(first, ExternalObject) and first.kind in _ARRAYS:
            return Tensor(shape=_ARRAYS[first.kind], deps=NOTHING)
        scaler = receiver.kind.endswith(("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler"))
        return first if scaler and isinstance(first, Tensor) else UNKNOWN
    return UNKNOWN
