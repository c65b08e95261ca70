"""Methods that every module has: its parameters, its mode, the layers of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint.interp.generators import generator
from torchcheck.lint.interp.iteration import known_items
from torchcheck.lint.interp.modes import apply_function, freeze, remember_parts, set_mode
from torchcheck.lint.interp.modules import call_module, own
from torchcheck.lint.interp.ownership import owners_of
from torchcheck.lint.interp.states import load, loads_best, take
from torchcheck.lint.interp.torch_values import Module, Parameters, Tensor
from torchcheck.lint.interp.unknowns import framework_method
from torchcheck.lint.interp.values import ITEMS, OPEN, UNKNOWN, Const, Instance, Method, Symbol, Value, sequence
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine


_RETURNS_SELF = words(
    "to cuda cpu float double half bfloat16 train eval apply requires_grad_ share_memory compile to_empty "
    "load_state_dict"
)


def module_method(m: Machine, func: Method, site: CallSite) -> Value:
    """A method that every module has."""
    receiver, name = func.receiver, func.name
    assert isinstance(receiver, Module | Instance)
    if name in ("train", "eval"):
        set_mode(m, receiver, name, site)
    elif name in ("modules", "named_modules"):
        m.spread.append(receiver)
    elif name == "apply":
        apply_function(m, receiver, site.arg(0, "fn"), site.node)
    elif name == "requires_grad_":
        freeze(m, receiver, _frozen(site))
    if name in ("train", "eval"):
        (m.ownership.trained if name == "train" else m.ownership.evaluated).update(owners_of(receiver))
    loads_own = name == "load_state_dict" and loads_best(site)
    if name in ("requires_grad_", "load_state_dict", "named_parameters") and not loads_own:
        m.ownership.handled |= owners_of(receiver)
    if name == "state_dict":
        return take(m, receiver, site)
    if name == "load_state_dict":
        load(m, receiver, site, m.text(func.node.value))
    if name in _RETURNS_SELF:
        return receiver if name != "load_state_dict" else UNKNOWN
    if name in ("parameters", "named_parameters"):
        owned = Parameters(owners_of(receiver))
        remember_parts(m, receiver)
        if name == "parameters":
            owned = generator(m, owned.owners)
            m.ownership.loose.append(owned)
            return owned
        return sequence("list", [sequence("tuple", [Symbol("name"), Tensor(deps=owned.owners, leaf=True)])], open=True)
    if name == "zero_grad":
        deps = owners_of(receiver)
        m.happen(Act.CLEAR, site.node, deps=deps, certain=_is_whole(receiver))
        return Const(None)
    if name in ("children", "named_children"):
        return _children(receiver, name)
    if name in ("add_module", "register_module", "append", "extend", "insert", "items", "values", "keys", "pop"):
        return _container_method(m, receiver, name, site)
    if name in ("register_parameter", "register_buffer"):
        key, value = site.const(0, "name"), site.arg(1, "param") or site.arg(1, "tensor")
        if isinstance(key, str) and value is not None:
            m.write(receiver.cells, key, value)
        return Const(None)
    if name == "forward":
        return call_module(m, receiver, site) if isinstance(receiver, Module) else UNKNOWN
    return framework_method(m, receiver, func, site)


def _frozen(site: CallSite) -> Value:
    """Whether `requires_grad_(...)` freezes."""
    given = site.arg(0, "requires_grad")
    return Const(False) if given is None else Const(not given.value) if isinstance(given, Const) else UNKNOWN


def _is_whole(receiver: Value) -> bool:
    return isinstance(receiver, Module | Instance)


def _container_method(m: Machine, receiver: Value, name: str, site: CallSite) -> Value:
    holder = receiver.cells.get("<base>", receiver) if isinstance(receiver, Instance) else receiver
    assert isinstance(holder, Module | Instance)
    key, value = site.const(0, "name"), site.arg(1, "module")
    if (name in ("add_module", "register_module") and isinstance(holder, Instance)) or (
        isinstance(holder, Module) and ITEMS not in holder.cells and holder.kind not in ("ready-made", "part")
    ):
        if isinstance(key, str) and value is not None:
            own(receiver, key, value)
            m.write(holder.cells, key, value)
        return Const(None)
    if not isinstance(holder, Module):
        return UNKNOWN
    layers: dict[str, Value] = dict(holder.cells.get(ITEMS, {}))
    if name in ("items", "values", "keys"):
        return _listed(holder, layers, name)
    if name in ("add_module", "register_module"):
        layers[key if isinstance(key, str) else str(len(layers))] = value or UNKNOWN
        if not isinstance(key, str):
            m.write(holder.cells, OPEN, True)
    elif name == "pop":
        return remove_layer(m, holder, site.const(0, "key"))
    elif name == "append":
        layers[str(len(layers))] = site.arg(0, "module") or UNKNOWN
    else:
        known = known_items(m, site.args[0]) if site.args and name == "extend" else None
        layers.update({str(len(layers) + i): layer for i, layer in enumerate(known or [])})
        if known is None:
            layers = {}
            m.write(holder.cells, OPEN, True)
    for where, layer in layers.items():
        own(holder, where, layer)
    m.modules_changed += 1
    m.write(holder.cells, ITEMS, layers)
    return holder


def remove_layer(m: Machine, container: Module, key: object) -> Value:
    """`sequential.pop(-1)` and `del sequential[-1]`."""
    layers = dict(container.cells.get(ITEMS, {}))
    names = list(layers)
    if isinstance(key, int) and -len(names) <= key < len(names) and (key < 0 or not container.cells.get(OPEN)):
        removed: Value = layers.pop(names[key])
    else:
        removed = layers.pop(key, UNKNOWN) if isinstance(key, str) and key in layers else UNKNOWN
        if removed is UNKNOWN:
            layers = {}
            m.write(container.cells, OPEN, True)
    m.modules_changed += 1
    m.write(container.cells, ITEMS, layers)
    return removed


def _children(receiver: Module | Instance, name: str) -> Value:
    layers = receiver.cells.get(ITEMS)
    is_open = bool(receiver.cells.get(OPEN))
    if layers is None and isinstance(receiver, Module):
        return UNKNOWN
    if layers is None:
        layers = {key: value for key, value in receiver.cells.items() if isinstance(value, Module | Instance)}
    if name == "named_children":
        return sequence("list", [sequence("tuple", [Const(key), value]) for key, value in layers.items()], is_open)
    return sequence("list", layers.values(), is_open)


def _listed(holder: Module, layers: dict[str, Value], name: str) -> Value:
    is_open = bool(holder.cells.get(OPEN))
    if name == "items":
        return sequence("list", [sequence("tuple", [Const(k), v]) for k, v in layers.items()], is_open)
    return sequence("list", layers.values() if name == "values" else [Const(k) for k in layers], is_open)


def same(m: Machine, func: Method, site: CallSite) -> Value:
    """`criterion.to(device)`; `criterion.forward(...)`."""
    from torchcheck.lint.interp.calls import call_value

    if func.name == "forward":
        return call_value(m, func.receiver, site)
    return func.receiver if func.name in _RETURNS_SELF else UNKNOWN
