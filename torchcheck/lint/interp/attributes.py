"""Attributes of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.classes import (
    changed_attributes,
    class_attribute,
    find_method,
    lineage,
    members,
    stray_attribute,
    torch_base,
)
from torchcheck.lint.interp.cuts import attribute_cut
from torchcheck.lint.interp.events import GradientRead
from torchcheck.lint.interp.join import join, options_of
from torchcheck.lint.interp.modes import training
from torchcheck.lint.interp.names import external_attribute, module_attribute
from torchcheck.lint.interp.shapes import transposed
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import ANYTHING, NOTHING, SYNCED, Dataset, Deps, Gradient, Module, Tensor
from torchcheck.lint.interp.values import (
    ITEMS,
    UNKNOWN,
    Choice,
    Class,
    Const,
    External,
    ExternalObject,
    Function,
    Instance,
    Method,
    ModuleRef,
    Partial,
    Sequence,
    Super,
    Symbol,
    Value,
    sequence,
)
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_PANDAS = ("pandas.DataFrame", "pandas.Series")
_RANKED = ("values", "indices")
"""What `x.max(1)` gives, by name."""
_PARTS = ("values", "iloc", "loc")


def attribute(m: Machine, receiver: Value, expr: ir.Attribute) -> Value:
    """`receiver.attr`."""
    name = expr.attr
    if isinstance(receiver, Choice):
        parts = [attribute(m, option, expr) for option in options_of(receiver)]
        sets_mode = name in ("train", "eval") and all(isinstance(part, Method) for part in parts)
        return Method(receiver, name, expr) if sets_mode and len(parts) > 1 else join(parts)
    if name == "__call__" and isinstance(receiver, Instance | Module | Function | Partial):
        return receiver  # to call it is to call the thing itself
    if name == "module" and isinstance(receiver, Instance | Module) and SYNCED in receiver.cells:
        return receiver
    if isinstance(receiver, Instance):
        return instance_attribute(m, receiver, expr)
    if isinstance(receiver, Module):
        return _module_attribute(m, receiver, expr)
    if isinstance(receiver, Tensor):
        return _tensor_attribute(m, receiver, expr)
    if isinstance(receiver, External):
        return external_attribute(m, receiver, name)
    if isinstance(receiver, ModuleRef):
        return module_attribute(m, receiver, name)
    if isinstance(receiver, Class):
        return _class_attribute(m, receiver, expr)
    if isinstance(receiver, Symbol):
        return _symbol_attribute(m, receiver, expr)
    if isinstance(receiver, Super):
        return _super_attribute(m, receiver, expr)
    if isinstance(receiver, ExternalObject):
        return _object_attribute(receiver, expr)
    if isinstance(receiver, Partial):
        return receiver.func if name == "func" else UNKNOWN
    if isinstance(receiver, Function) or receiver is UNKNOWN:
        return _gradient(m, expr) if name == "grad" else UNKNOWN
    if isinstance(receiver, Dataset) and name == "indices":
        return Tensor(shape=(None,), deps=NOTHING)
    if isinstance(receiver, Gradient) and name == "data":
        return receiver
    if isinstance(receiver, Sequence) and receiver.kind == "tuple" and name in _RANKED and len(receiver.items) == 2:
        return receiver.items[_RANKED.index(name)]
    return Method(receiver, name, expr)


def instance_attribute(m: Machine, receiver: Instance, expr: ir.Attribute) -> Value:
    name = expr.attr
    if name == "training" and torch_base(receiver.cls) is not None:
        return training(receiver)
    value: Value | None = receiver.cells.get(name)
    if value is not None:
        stale = isinstance(value, Const) and name in changed_attributes(m, receiver.cls)
        return UNKNOWN if stale else value
    method = find_method(receiver.cls, name)
    if method is not None:
        if method.kind == "property":
            from torchcheck.lint.interp.calls import call_values

            return call_values(m, method.bind(receiver), [])
        return method.bind(receiver)
    value = class_attribute(m, receiver.cls, name, fields_unknown=receiver.partial)
    if value is not None:
        return value
    if name in _MODULE_METHODS or _is_external_method(receiver.cls, name):
        return Method(receiver, name, expr)
    return _missing_attribute(m, receiver, name)


_MODULE_METHODS = words(
    "parameters named_parameters modules named_modules children named_children to cuda cpu float double half "
    "bfloat16 train eval apply zero_grad requires_grad_ state_dict load_state_dict add_module register_module "
    "register_buffer register_parameter register_forward_hook optimizers manual_backward log log_dict "
    "lr_schedulers toggle_optimizer untoggle_optimizer clip_gradients save_hyperparameters items values keys "
    "append extend insert pop share_memory type compile get_submodule forward"
)


def _is_external_method(cls: Class, name: str) -> bool:
    return name.startswith("__")


def _missing_attribute(m: Machine, receiver: Instance, name: str) -> Value:
    key = ("stray", receiver.cls.definition, name)
    if key not in m.memory:
        m.memory[key] = None  # while it is looked for, it is not known
        m.memory[key] = stray_attribute(m, receiver, name)
    value: Value | None = m.memory[key]
    if value is None or value is UNKNOWN:
        value = Symbol(f"self.{name}")
        m.memory[key] = value
    return value


def _module_attribute(m: Machine, receiver: Module, expr: ir.Attribute) -> Value:
    name = expr.attr
    if name in receiver.cells:
        return receiver.cells[name]  # type: ignore[no-any-return]
    layers = receiver.cells.get(ITEMS, {})
    if name in layers:
        return layers[name]  # type: ignore[no-any-return]
    if name in ("weight", "bias"):
        return Tensor(deps=frozenset({receiver.number}), leaf=True)
    if name in ("in_features", "out_features", "in_channels", "out_channels"):
        value = receiver.arguments.get(name)
        return value if isinstance(value, Const) else UNKNOWN
    if receiver.kind == "ready-made" and name not in _MODULE_METHODS:
        part = Module("part", receiver.number, receiver.place, receiver.spelling, owner=(receiver, name))
        m.write(receiver.cells, name, part)
        return part
    return Method(receiver, name, expr)


def _tensor_attribute(m: Machine, receiver: Tensor, expr: ir.Attribute) -> Value:
    name = expr.attr
    if name == "grad":
        return _gradient(m, expr, receiver.deps if receiver.leaf else ANYTHING)
    if name in ("data", "real"):
        return attribute_cut(m, receiver, expr)
    if name in ("T", "mT", "mH", "H"):
        return transposed(receiver)
    if name == "shape":
        return _sizes(receiver)
    if name in ("ndim", "device", "dtype", "grad_fn", "is_cuda", "requires_grad", "is_leaf"):
        known = name == "ndim" and receiver.shape is not None
        return Const(len(receiver.shape or ())) if known else UNKNOWN
    return Method(receiver, name, expr)


def _gradient(m: Machine, expr: ir.Attribute, deps: Deps = ANYTHING) -> Gradient:
    m.events.append(GradientRead(deps))
    return Gradient(spell(expr.value), deps)


def _sizes(receiver: Tensor) -> Value:
    if receiver.shape is None:
        return UNKNOWN
    return sequence("tuple", [Const(size) if size is not None else UNKNOWN for size in receiver.shape])


def _class_attribute(m: Machine, receiver: Class, expr: ir.Attribute) -> Value:
    method = find_method(receiver, expr.attr)
    if method is not None:
        return method.bind(receiver if method.kind == "classmethod" else None)
    value = class_attribute(m, receiver, expr.attr)
    return value if value is not None else UNKNOWN


def _symbol_attribute(m: Machine, receiver: Symbol, expr: ir.Attribute) -> Value:
    name = expr.attr
    if name == "grad":
        return _gradient(m, expr)
    if name in ("data", "module"):
        return receiver
    if name not in receiver.cells:
        receiver.cells[name] = Symbol(f"{receiver.name}.{name}")
    return receiver.cells[name]  # type: ignore[no-any-return]


def _super_attribute(m: Machine, receiver: Super, expr: ir.Attribute) -> Value:
    instance = receiver.instance
    cls = instance.cls if isinstance(instance, Instance) else receiver.home
    later = False
    for current in lineage(cls):
        if later and isinstance(current, Class) and expr.attr in members(current):
            method = find_method(current, expr.attr)
            return method.bind(instance) if method is not None else UNKNOWN
        later = later or current is receiver.home
    return Method(receiver, expr.attr, expr)


def _object_attribute(receiver: ExternalObject, expr: ir.Attribute) -> Value:
    if receiver.kind == "sklearn.Bunch":
        shape = {"data": (None, None), "target": (None,)}.get(expr.attr)
        return Tensor(shape=shape, deps=NOTHING) if shape else UNKNOWN
    if receiver.kind in _PANDAS:
        if expr.attr == "values":
            rank = 2 if receiver.kind == "pandas.DataFrame" else 1
            return Tensor(shape=(None,) * rank, deps=NOTHING)
        if expr.attr in ("iloc", "loc"):
            return ExternalObject(f"{receiver.kind}.loc")
    return Method(receiver, expr.attr, expr)
