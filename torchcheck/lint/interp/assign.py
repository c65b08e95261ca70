"""Assignments: names, attributes, items, unpacking; and the names that models and optimizers get by them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.classes import torch_base
from torchcheck.lint.interp.cuts import rewrapped
from torchcheck.lint.interp.ownership import owners_of
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import ANYTHING, NOTHING, Loader, Module, Optimizer, Tensor
from torchcheck.lint.interp.values import (
    ITEMS,
    OPEN,
    UNKNOWN,
    Choice,
    Const,
    Instance,
    Mapping,
    ModuleRef,
    Sequence,
    Symbol,
    Unknown,
    Value,
    sequence,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def assign(m: Machine, target: ir.Expr, value: Value) -> None:
    """Put a value where an assignment target says."""
    if isinstance(target, ir.Name):
        m.ownership.put(m.frame.cells.get(target.id), value, None, target.id, m.place(target))
        m.bind(m.frame, target.id, Symbol(target.id) if isinstance(value, Unknown) else value)
    elif isinstance(target, ir.Attribute):
        set_attribute(m, m.eval(target.value), target, value)
    elif isinstance(target, ir.Subscript):
        _set_item(m, target, value)
    elif isinstance(target, ir.Display):
        for item, part in zip(target.items, _unpack(value, target.items), strict=True):
            assign(m, item, name_value(m, part, item, None))
    elif isinstance(target, ir.Starred):
        assign(m, target.value, value)


def name_value(m: Machine, value: Value, target: ir.Expr, source: ir.Expr | None) -> Value:
    """Give a model or an optimizer the name that it is assigned to, the first time."""
    if isinstance(source, ir.Name):
        return value
    if isinstance(value, Optimizer) and not value.named:
        text = spell(target)
        if text:
            value.name, value.named = text, True
    elif isinstance(value, Module | Instance) and value.name is None and value.owner is None:
        if isinstance(target, ir.Name):
            value.name = target.id
    elif isinstance(value, Choice) and not isinstance(target, ir.Display):
        for option in value.options:
            name_value(m, option, target, source)
    return value


def set_attribute(m: Machine, receiver: Value, target: ir.Attribute, value: Value) -> None:
    """`receiver.attr = value`."""
    attr = target.attr
    if attr == "requires_grad" and value == Const(True) and isinstance(receiver, Symbol | Tensor):
        rewrapped(m, "requires_grad = True", target, receiver, target.value, cuts=False)
    if isinstance(receiver, Tensor) and attr == "requires_grad" and receiver.leaf:
        from torchcheck.lint.interp.modes import freeze_one

        freeze_one(m, receiver, value)
    if attr == "requires_grad":
        m.ownership.handled |= owners_of(receiver)
    if attr == "grad" and not isinstance(receiver, Instance | Module):
        deps = receiver.deps if isinstance(receiver, Tensor) else ANYTHING
        gone = isinstance(value, Const) and value.value is None
        m.happen(Act.CLEAR if gone else Act.UNKNOWN, target, deps=deps, certain=0 not in deps)
    elif isinstance(receiver, Symbol) and attr == "requires_grad":
        _require_grad(m, target, value)
    elif isinstance(receiver, Instance | Module | Symbol):
        if isinstance(value, Unknown):
            value = Symbol(attr)
        old = receiver.cells.get(attr)
        m.ownership.put(old, value, receiver, spell(target) or attr, m.place(target))
        _own(receiver, attr, value)
        if isinstance(receiver, Module) or (isinstance(receiver, Instance) and torch_base(receiver.cls) is not None):
            m.modules_changed += 1
        m.write(receiver.cells, attr, value)
    elif isinstance(receiver, Tensor) and attr == "requires_grad" and value == Const(True):
        from torchcheck.lint.interp.tensors import learnable

        learnable(m, receiver, target.value)
    elif isinstance(receiver, Tensor) and attr in ("shape", "data"):
        from torchcheck.lint.interp.tensors import reshaped_in_place

        reshaped_in_place(m, receiver, target.value)
    elif isinstance(receiver, ModuleRef):
        m.write(receiver.scope.cells, attr, value)
    elif isinstance(receiver, Choice):
        for option in receiver.options:
            set_attribute(m, option, target, UNKNOWN)


def _require_grad(m: Machine, target: ir.Attribute, value: Value) -> None:
    """`x.requires_grad = True`, where `x` is an input by its name: its gradient is wanted."""
    from torchcheck.lint.interp.tensors import learnable
    from torchcheck.lint.interp.unknowns import is_input

    if value == Const(True) and is_input(target.value):
        learnable(m, Tensor(deps=NOTHING), target.value)


def _own(owner: Value, attr: str, value: Value) -> None:
    if isinstance(value, Module | Instance) and value.owner is None and value is not owner:
        if not isinstance(owner, Symbol):
            value.owner = (owner, attr)
    elif isinstance(value, Choice):
        for option in value.options:
            _own(owner, attr, option)


def path_of(value: Value) -> str | None:
    """The dotted path of a module, `net.head.2`; None when it has no name anywhere."""
    parts: list[str] = []
    seen: set[int] = set()
    while isinstance(value, Module | Instance) and id(value) not in seen:
        seen.add(id(value))
        if value.owner is None:
            if value.name is not None:
                parts.append(value.name)
            break
        value, attr = value.owner
        parts.append(attr)
    return ".".join(reversed(parts)) or None


def _set_item(m: Machine, target: ir.Subscript, value: Value) -> None:
    receiver = m.eval(target.value)
    index = m.eval(target.index[0]) if len(target.index) == 1 else UNKNOWN
    key = index.value if isinstance(index, Const) else None
    if isinstance(receiver, Mapping):
        if key is None:
            receiver.open = True
        else:
            m.write(receiver.cells, key, value)
    elif isinstance(receiver, Sequence):
        _set_in_sequence(m, receiver, key, value)
    elif isinstance(receiver, Module) and key is not None:
        set_layer(m, receiver, key, value)


def _set_in_sequence(m: Machine, receiver: Sequence, key: object, value: Value) -> None:
    items = list(receiver.items)
    if isinstance(key, int) and not receiver.open and -len(items) <= key < len(items):
        items[key] = value
        m.write(receiver.cells, ITEMS, tuple(items))
    else:
        m.write(receiver.cells, ITEMS, ())
        m.write(receiver.cells, OPEN, True)


def set_layer(m: Machine, container: Module, key: object, value: Value) -> None:
    """`sequential[-1] = layer`, also on a ready-made model's part whose other layers are not known."""
    layers = dict(container.cells.get(ITEMS, {}))
    if isinstance(key, int) and layers:
        names = list(layers)
        if -len(names) <= key < len(names):
            layers[names[key]] = value
    else:
        layers[key] = value
    m.modules_changed += 1
    m.write(container.cells, ITEMS, layers)


def _unpack(value: Value, targets: list[ir.Expr]) -> list[Value]:
    count = len(targets)
    star = next((i for i, target in enumerate(targets) if isinstance(target, ir.Starred)), None)
    if isinstance(value, Sequence) and not value.open:
        items = list(value.items)
        if star is not None and len(items) >= count - 1:
            after = count - star - 1
            middle = sequence("list", items[star : len(items) - after])
            return [*items[:star], middle, *items[len(items) - after :]]
        if star is None and len(items) == count:
            return items
    if isinstance(value, Tensor):
        part = replace(value, shape=None, width=None, by_hand=None)
        return [part] * count
    return [value.batch if isinstance(value, Loader) else UNKNOWN] * count


def delete(m: Machine, target: ir.Expr) -> None:
    """`del` of a gradient clears it; of an item or a name, it is gone."""
    if isinstance(target, ir.Attribute) and target.attr == "grad":
        set_attribute(m, m.eval(target.value), target, Const(None))
    elif isinstance(target, ir.Subscript):
        receiver = m.eval(target.value)
        if isinstance(receiver, Sequence):
            _set_in_sequence(m, receiver, None, UNKNOWN)
        elif isinstance(receiver, Module):
            from torchcheck.lint.interp.module_methods import remove_layer

            index = m.eval(target.index[0]) if len(target.index) == 1 else UNKNOWN
            remove_layer(m, receiver, index.value if isinstance(index, Const) else None)
