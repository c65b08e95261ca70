"""Subscripts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from torchcheck.facts.loss import Shape
from torchcheck.lint import ir
from torchcheck.lint.interp.join import join, options_of
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import Dataset, Loader, Module, Optimizer, Tensor
from torchcheck.lint.interp.values import (
    ANY_INTEGER,
    ITEMS,
    OPEN,
    UNKNOWN,
    Choice,
    Const,
    External,
    ExternalObject,
    Mapping,
    Sequence,
    Spread,
    Symbol,
    Value,
    sequence,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def subscript(m: Machine, receiver: Value, expr: ir.Subscript) -> Value:
    """`receiver[index]`."""
    indices = [m.eval(index) for index in expr.index]
    key = indices[0].value if len(indices) == 1 and isinstance(indices[0], Const) else None
    if isinstance(receiver, Choice):
        return join([_item(m, option, expr, indices, key) for option in options_of(receiver)])
    return _item(m, receiver, expr, indices, key)


def _item(m: Machine, receiver: Value, expr: ir.Subscript, indices: list[Value], key: object) -> Value:
    if isinstance(receiver, Tensor):
        shape = _indexed(m, receiver.shape, expr.index, indices)
        return replace(receiver, shape=shape, width=None, by_hand=None, leaf=False)
    if isinstance(receiver, Sequence):
        return _of_sequence(m, receiver, expr, indices, key)
    if isinstance(receiver, Mapping):
        return _of_mapping(m, receiver, key)
    if isinstance(receiver, Module):
        return _of_module(m, receiver, expr, key)
    if isinstance(receiver, Dataset | Loader):
        return receiver.item if isinstance(receiver, Dataset) else receiver.batch
    if isinstance(receiver, ExternalObject):
        return _of_frame(receiver, expr, indices)
    if isinstance(receiver, Symbol) and isinstance(key, str | int):
        return receiver.cells.setdefault(("item", key), Symbol(f"{receiver.name}[{key!r}]"))  # type: ignore[no-any-return]
    return receiver if isinstance(receiver, External) else UNKNOWN


def _indexed(m: Machine, shape: Shape | None, index: list[ir.Expr], values: list[Value]) -> Shape | None:
    """The shape after indexing with slices, numbers and None; None where a mask or an array is among them."""
    if shape is None:
        return None
    rest = list(shape)
    sizes: list[int | None] = []
    for part, value in zip(index, values, strict=True):
        if isinstance(part, ir.Slice):
            if not rest:
                return None
            size = rest.pop(0)
            whole = part.lower is None and part.upper is None and part.step is None
            sizes.append(size if whole else _sliced(m, size, part))
        elif isinstance(value, Const) and value.value is None:
            sizes.append(1)
        elif rest and (value is ANY_INTEGER or (isinstance(value, Const) and type(value.value) is int)):
            rest.pop(0)
        elif rest and isinstance(value, Tensor) and value.shape is not None and len(value.shape) == 1:
            rest.pop(0)  # chosen by numbers, or by a mask
            sizes.append(1 if value.shape == (1,) else None)
        elif value == Const(...):
            keep = len(rest) - sum(not (isinstance(v, Const) and v.value is None) for v in values) + 1
            sizes += rest[:keep]
            del rest[:keep]
        else:
            return None
    return (*sizes, *rest)


def _sliced(m: Machine, size: int | None, part: ir.Slice) -> int | None:
    bounds = _bounds(part)
    if size is None or part.step is not None or not all(bound is None or type(bound) is int for bound in bounds):
        return 1 if part.step is None and _is_single(m, part) else None
    return len(range(size)[slice(bounds[0], bounds[1])])


def _bounds(part: ir.Slice) -> list[Any]:
    return [bound.value if isinstance(bound, ir.Constant) else bound for bound in (part.lower, part.upper)]


def _is_single(m: Machine, part: ir.Slice) -> bool:
    """Whether a slice holds one item, `k : k + 1`. Of wider ones the last may be shorter than the others."""
    low = _offset(m, part.lower) if part.lower is not None else ("", 0)
    high = _offset(m, part.upper) if part.upper is not None else None
    if low is None or high is None or low[0] != high[0]:
        return False
    return high[1] - low[1] == 1 and (low[0] != "" or low[1] >= 0)


def _offset(m: Machine, expr: ir.Expr) -> tuple[str, int] | None:
    """A number as a name and what is added to it, `("k", 1)`; no name where it is a constant, None for others."""
    if isinstance(expr, ir.Binary):
        left, right = _offset(m, expr.left), _offset(m, expr.right)
        if left is None or right is None:
            return None
        if expr.op == "+" and "" in (left[0], right[0]):
            return left[0] or right[0], left[1] + right[1]
        if expr.op == "-" and not right[0]:
            return left[0], left[1] - right[1]
        if expr.op == "*" and ("", 1) in (left, right):
            return left if right == ("", 1) else right
        return None
    name = spell(expr)
    if not name and not isinstance(expr, ir.Constant):
        return None
    value = m.eval(expr)
    if isinstance(value, Const) and type(value.value) is int:
        return "", value.value
    return (name, 0) if name else None


def _of_sequence(m: Machine, receiver: Sequence, expr: ir.Subscript, indices: list[Value], key: object) -> Value:
    items = receiver.items
    if isinstance(expr.index[0], ir.Slice):
        part = expr.index[0]
        bounds = _bounds(part)
        if not receiver.open and all(b is None or type(b) is int for b in bounds) and part.step is None:
            return sequence(receiver.kind, items[slice(bounds[0], bounds[1])])
        return sequence(receiver.kind, (), True)
    if type(key) is int:
        if not receiver.open and -len(items) <= key < len(items):
            return items[key]
        if receiver.open and key < 0 and -key <= len(items):
            return items[key] if not any(isinstance(item, Spread) for item in items[key:]) else UNKNOWN
        return UNKNOWN
    return _any_of(m, receiver, list(items)) if not receiver.open else UNKNOWN


def _any_of(m: Machine, receiver: Sequence | Mapping, values: list[Value]) -> Value:
    """One of several values, the same one each time the same collection is asked."""
    joined = join(values) if values else UNKNOWN
    if not isinstance(joined, Optimizer):
        return joined
    return m.memory.setdefault(("any", receiver, tuple(values)), joined)  # type: ignore[no-any-return]


def _of_mapping(m: Machine, receiver: Mapping, key: object) -> Value:
    if isinstance(key, str | int):
        if key in receiver.cells:
            return receiver.cells[key]  # type: ignore[no-any-return]
        return UNKNOWN
    return _any_of(m, receiver, list(receiver.cells.values())) if not receiver.open else UNKNOWN


def _of_module(m: Machine, receiver: Module, expr: ir.Subscript, key: object) -> Value:
    layers = receiver.cells.get(ITEMS)
    if layers is None:
        return UNKNOWN
    known = list(layers.values())
    if type(key) is int and -len(known) <= key < len(known) and (key < 0 or not receiver.cells.get(OPEN)):
        return known[key]  # type: ignore[no-any-return]
    if isinstance(key, str):
        return layers.get(key, UNKNOWN)  # type: ignore[no-any-return]
    if _has_slice(expr) and isinstance(expr.index[0], ir.Slice) and not receiver.cells.get(OPEN):
        return _sliced_layers(m, receiver, layers, expr.index[0])
    return join(known) if known and not receiver.cells.get(OPEN) and key is None and not _has_slice(expr) else UNKNOWN


def _sliced_layers(m: Machine, receiver: Module, layers: dict[str, Value], part: ir.Slice) -> Value:
    bounds = _bounds(part)
    if part.step is not None or not all(bound is None or type(bound) is int for bound in bounds):
        return UNKNOWN
    chosen = list(layers.values())[slice(bounds[0], bounds[1])]
    copy = Module(receiver.kind, m.next_number(), receiver.place, receiver.spelling)
    copy.cells[ITEMS], copy.cells[OPEN] = {str(i): layer for i, layer in enumerate(chosen)}, False
    return copy


def _has_slice(expr: ir.Subscript) -> bool:
    return any(isinstance(part, ir.Slice) for part in expr.index)


def _of_frame(receiver: ExternalObject, expr: ir.Subscript, indices: list[Value]) -> Value:
    """Columns of a pandas frame: one by name is a series, a list of names or a slice is a frame."""
    if receiver.kind == "pandas.DataFrame":
        if isinstance(indices[0], Const):
            return ExternalObject("pandas.Series")
        return receiver if isinstance(indices[0], Sequence) else UNKNOWN
    if receiver.kind == "pandas.DataFrame.loc" and len(indices) == 2 and isinstance(expr.index[0], ir.Slice):
        one = isinstance(indices[1], Const)
        many = isinstance(expr.index[1], ir.Slice) or isinstance(indices[1], Sequence)
        return ExternalObject("pandas.Series") if one else ExternalObject("pandas.DataFrame") if many else UNKNOWN
    return UNKNOWN
