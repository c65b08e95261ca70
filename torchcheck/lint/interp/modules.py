"""Modules of torch: building them, and what calling them gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.loss import Activation, Shape
from torchcheck.lint.interp.assign import path_of
from torchcheck.lint.interp.iteration import known_items
from torchcheck.lint.interp.join import options_of, plain
from torchcheck.lint.interp.norms import note_norm
from torchcheck.lint.interp.shapes import LastOfOne
from torchcheck.lint.interp.softmaxes import note_built, note_module
from torchcheck.lint.interp.tensors import deps_of
from torchcheck.lint.interp.torch_values import ANYTHING, NOTHING, Applied, Criterion, Deps, Module, Tensor
from torchcheck.lint.interp.values import (
    ITEMS,
    OPEN,
    UNKNOWN,
    Cells,
    Const,
    Function,
    Instance,
    Mapping,
    Sequence,
    Symbol,
    Unknown,
    Value,
    sequence,
)
from torchcheck.lint.torch_tables import (
    AVERAGING_MODULES,
    HEADS,
    LINEAR_MODULES,
    MODULE_ACTIVATIONS,
    TRANSPARENT_MODULES,
)
from torchcheck.torch_names import LOSS_MODULES

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
_OUT = ("Linear", "LazyLinear")
_SAME_SHAPE = ("Norm", "Dropout", "Identity")


def build_module(m: Machine, kind: str, site: CallSite) -> Value:
    """An instance of a class of `torch.nn`."""
    name = kind.rpartition(".")[2]
    spelling = m.text(site.node.func)
    if name in LOSS_MODULES:
        return Criterion(LOSS_MODULES[name], spelling, dict(site.keywords))
    module = Module(kind, m.next_number(), m.place(site.node), spelling, _arguments(name, site))
    if name in _CONTAINERS:
        _fill(m, module, site)
    elif name in TRANSPARENT_MODULES and site.args and isinstance(plain(site.args[0]), Module | Instance | Symbol):
        return site.args[0]  # DataParallel(model)
    note_built(m, module, site)
    return module


def _arguments(name: str, site: CallSite) -> Cells:
    arguments: Cells = dict(site.keywords)
    order: tuple[str, ...] = ("in_features", "out_features") if "Linear" in name else ("in_channels", "out_channels")
    if name == "LazyLinear":
        order = ("out_features", "bias")
    elif "Softmax" in name:
        order = ("dim",)
    for key, value in zip(order, site.args, strict=False):
        arguments.setdefault(key, value)
    return arguments


def _fill(m: Machine, module: Module, site: CallSite) -> None:
    layers: dict[str, Value] = {}
    first = plain(site.args[0]) if site.args else None
    is_open = site.open
    if isinstance(first, Mapping):
        layers = {str(key): value for key, value in first.cells.items()}
        is_open = is_open or first.open
    elif isinstance(first, Sequence) and (module.kind.endswith("List") or _is_named(first)):
        items = list(first.items)
        named = _is_named(first)
        layers = dict(_pair(item) for item in items) if named else {str(i): v for i, v in enumerate(items)}
        is_open = is_open or first.open
    else:
        if module.kind.endswith("List") and site.args:
            known = known_items(m, site.args[0])
            layers, is_open = {str(i): v for i, v in enumerate(known or [])}, known is None
        else:
            layers = {str(i): v for i, v in enumerate(site.args)}
    for key, layer in layers.items():
        own(module, key, layer, is_open)
    module.cells[ITEMS] = layers
    module.cells[OPEN] = is_open


def _is_named(value: Sequence) -> bool:
    """A list of (name, layer) pairs, as an OrderedDict is given."""
    pairs = [item for item in value.items if isinstance(item, Sequence) and len(item.items) == 2]
    return bool(pairs) and len(pairs) == len(value.items)


def _pair(item: Value) -> tuple[str, Value]:
    assert isinstance(item, Sequence)
    key = item.items[0]
    return (str(key.value) if isinstance(key, Const) else str(id(item))), item.items[1]


def own(container: Value, key: str, layer: Value, is_open: bool = False) -> None:
    """Say where in a container a layer stands, unless it stands somewhere already."""
    for option in options_of(layer):
        if isinstance(option, Module | Instance) and option.owner is None and not is_open:
            option.owner = (container, key)


def call_module(m: Machine, module: Module, site: CallSite) -> Value:
    """Call a module of torch."""
    value = site.arg(0, "input") or UNKNOWN
    return apply(m, module, value, site)


def apply(m: Machine, module: Module, value: Value, site: CallSite, inside: bool = False) -> Value:
    """What a module makes of a value. `inside`: a Sequential applies it, no call in the source does."""
    name = module.kind.rpartition(".")[2]
    if name == "Sequential":
        return _apply_sequential(m, module, value, site)
    if module.kind in ("ready-made", "part"):
        return _apply_ready_made(m, module, value, site)
    if name in MODULE_ACTIVATIONS:
        return _apply_activation(m, module, MODULE_ACTIVATIONS[name], value, site, inside)
    tensor = plain(value)
    note_norm(m, module, name, tensor)
    if name in TRANSPARENT_MODULES:
        if not isinstance(tensor, Tensor):
            return value
        width = tensor.width if "latten" not in name else None
        return replace(tensor, shape=_shape(module, name, tensor), width=width, by_hand=None, leaf=False)
    deps = _deps(m, module, [*site.args[1:], tensor])
    if name in LINEAR_MODULES:
        m.use(tensor if isinstance(tensor, Tensor) else None)
        return Tensor(Activation.LINEAR, None, _shape(module, name, tensor), deps, width=_width(module, name, tensor))
    if name in AVERAGING_MODULES:
        kept = isinstance(tensor, Tensor) and tensor.activation is Activation.LINEAR
        return Tensor(Activation.LINEAR if kept else Activation.UNKNOWN, None, None, deps_of(tensor))
    m.use(tensor)
    if name in ("LSTM", "GRU", "RNN", "MultiheadAttention"):
        rank = len(tensor.shape) if isinstance(tensor, Tensor) and tensor.shape is not None else 0
        return sequence("tuple", [Tensor(shape=(None,) * rank or None, deps=deps), Tensor(deps=deps)])
    return Tensor(deps=deps)


def _deps(m: Machine, module: Module, values: list[Value]) -> Deps:
    if m.grad_off > 0:
        return NOTHING
    m.ownership.called[module.number] = module
    deps: Deps = frozenset({module.number})
    for value in values:
        deps |= deps_of(value)
    return deps


def _apply_sequential(m: Machine, module: Module, value: Value, site: CallSite) -> Value:
    from torchcheck.lint.interp.calls import CallSite as Site
    from torchcheck.lint.interp.calls import call_value

    if module.cells.get(OPEN):
        value = Tensor(deps=_deps(m, module, [value]) | ANYTHING)
    for layer in module.cells.get(ITEMS, {}).values():
        m.burn()
        if isinstance(layer, Module):
            value = apply(m, layer, value, Site(site.node, [value], exprs=[None]), inside=True)
        else:
            value = call_value(m, layer, Site(site.node, [value], exprs=[None]))
    return value


def _apply_activation(
    m: Machine, module: Module, activation: Activation, value: Value, site: CallSite, inside: bool
) -> Tensor:
    from torchcheck.lint.interp.tensors import activated

    path = path_of(module)
    if inside:
        applied = m.memory.setdefault(("layer", module.place.node), Applied(module.place, "sequential", None, path))
    else:
        applied = m.applied(site.node, "module", site.expr(0, "input"), path)
    note_module(m, activation, module, plain(value), applied)
    return activated(m, activation, plain(value), applied)


def _apply_ready_made(m: Machine, module: Module, value: Value, site: CallSite) -> Value:
    """A classifier from a model zoo: its head is linear, unless the user has put another one on."""
    from torchcheck.lint.interp.calls import CallSite as Site
    from torchcheck.lint.interp.calls import call_value

    deps = _deps(m, module, [value])
    for head in HEADS:
        layer = module.cells.get(head)
        if layer is None:
            continue
        if isinstance(layer, Module) and layer.kind == "part":
            layers = list(layer.cells.get(ITEMS, {}).values())
            layer = layers[-1] if layers else None
            if layer is None:
                continue
        output = call_value(m, layer, Site(site.node, [Tensor(deps=deps)], exprs=[None]))
        return replace(output, deps=output.deps | deps, shape=None) if isinstance(output, Tensor) else UNKNOWN
    if module.kind == "part" and module.owner is not None and module.owner[1] not in HEADS:
        return Tensor(deps=deps)
    return Tensor(Activation.LINEAR, None, None, deps)


def _width(module: Module, name: str, value: Value) -> int | None:
    """How many features or channels a layer gives."""
    key = "out_features" if name in _OUT else "out_channels" if "Conv" in name else None
    if key is None:
        return value.width if isinstance(value, Tensor) else None
    out = module.arguments.get(key)
    return out.value if isinstance(out, Const) and type(out.value) is int else None


def _shape(module: Module, name: str, value: Value) -> Shape | None:
    shape = value.shape if isinstance(value, Tensor) else None
    if shape is None or not shape:
        return None
    if name in _OUT:
        out = module.arguments.get("out_features")
        sizes = (*shape[:-1], out.value if isinstance(out, Const) and type(out.value) is int else None)
        return LastOfOne(sizes) if isinstance(shape, LastOfOne) and len(shape) > 1 else sizes
    if name == "Flatten":
        return (shape[0], shape[1] if len(shape) == 2 else None) if not module.arguments else None
    if any(kind in name for kind in _SAME_SHAPE):
        return shape
    if "Conv" in name and len(shape) >= 3:
        out = module.arguments.get("out_channels")
        channels = out.value if isinstance(out, Const) and type(out.value) is int else None
        return (shape[0], channels, *([None] * (len(shape) - 2)))
    return None


def run_forward(m: Machine, instance: Instance, forward: Function, site: CallSite) -> Value:
    """Call a model of the project: interpret its `forward`, and note that the result depends on it."""
    from torchcheck.lint.interp.calls import inline
    from torchcheck.lint.interp.classes import has_unknown_base, torch_base

    result = inline(m, forward, site)
    learns = torch_base(instance.cls) is not None or has_unknown_base(instance.cls)
    if m.grad_off > 0 or not learns:
        return result
    m.ownership.called[instance.number] = instance
    return _depending(result, instance.number)


def _depending(value: Value, number: int) -> Value:
    if isinstance(value, Tensor):
        return replace(value, deps=value.deps | {number})
    if isinstance(value, Sequence) and not value.open and value.kind == "tuple":
        return sequence("tuple", [_depending(item, number) for item in value.items])
    if isinstance(value, Unknown | Symbol):
        return Tensor(deps=ANYTHING | {number})
    return value
