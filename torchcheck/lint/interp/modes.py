"""Training and evaluation mode of models, and which of their parameters are frozen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.classes import torch_base
from torchcheck.lint.interp.events import Events, ModeSet, flat
from torchcheck.lint.interp.torch_values import FROZEN, MODE, Mode, Module, Tensor
from torchcheck.lint.interp.values import ITEMS, UNKNOWN, Choice, Const, Function, Instance, Sequence, Symbol, Value
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_MAX_PARTS = 500
_NOISY = pattern(
    r"^(Lazy|Sync)?BatchNorm(\d[dD])?$|^(Feature)?(Alpha)?Dropout(\d[dD])?$|^Transformer((En|De)coderLayer)?$"
)
_RECURRENT = ("LSTM", "GRU", "RNN", "MultiheadAttention")
_NOISY_READY_MADE = pattern(
    r"(?i)resnet|resnext|densenet|mobilenet|mnasnet|efficientnet|shufflenet|regnet|googlenet|inception|vgg|alexnet|"
    r"squeezenet|convnext|swin|maxvit"
)
_NORMED_READY_MADE = pattern(
    r"(?i)resnet|resnext|densenet|mobilenet|mnasnet|efficientnet|shufflenet|regnet|googlenet|inception|vgg\w*_bn"
)
_LOOKS_ON = pattern(
    r"(?i)^(print|len|str|repr|type|id|isinstance|hasattr|getattr|super|save|load|log|info|debug|watch|summary|count|"
    r"num_|get_num|param|flops|profile|ema|model_?ema|averaged|freeze|unfreeze|init|weight|clip_grad|zip|list|iter|"
    r"enumerate|optim|sgd|adam|build_optim|make_optim|create_optim|get_optim|configure_optim)|ema$|summary$|optimizer$"
)
"""Functions that may be given a model and leave its mode alone, by their names."""


def training(model: Module | Instance) -> Value:
    """The attribute `training`: true for a model that was built and never put in evaluation mode, else not known.

    What a model gives in evaluation mode is often for people, and not for the loss.
    """
    known: Value | None = model.cells.get("training")
    return known if known is not None else Symbol("training") if _stands_in(model) else Const(True)


def mode_of(model: Value) -> Mode:
    """The mode of a model, a layer, or something that is a model by how it is used."""
    current = model
    for _ in range(_MAX_PARTS):
        if not isinstance(current, Module | Instance | Symbol):
            return Mode(None)
        said = current.cells.get(MODE)
        if isinstance(said, Mode):
            return said
        if isinstance(current, Symbol) or (isinstance(current, Instance) and current.partial):
            return Mode(None)
        if current.owner is None or not isinstance(current.owner[0], Module | Instance):
            return Mode(True)
        current = current.owner[0]
    return Mode(None)


def set_mode(m: Machine, model: Module | Instance, name: str, site: CallSite) -> None:
    """`model.train()` and `model.eval()`, for all that is in the model."""
    trains = _asked(name, site)
    m.modules_changed += 1
    _say(m, model, trains, site.node)
    for part in parts_of(model):
        m.write(part.cells, "training", Const(True) if trains else Symbol("training"))


def set_unseen_mode(m: Machine, model: Value, name: str, site: CallSite) -> None:
    """The same for something that is not followed: it may be a part of any model whose parts were handed out."""
    if site.args[1:] or set(site.keywords) - {"mode"}:
        return
    for option in model.options if isinstance(model, Choice) else ():  # whichever it is
        if isinstance(option, Symbol | Module) or (isinstance(option, Instance) and is_model(option)):
            _say(m, option, _asked(name, site), site.node)
    if isinstance(model, Symbol):
        _say(m, model, _asked(name, site), site.node)
    for owner in m.spread:
        _say(m, owner, None, site.node)


def forget_mode(m: Machine, value: Value, node: ir.Expr) -> None:
    """Something that is not followed may have set the mode of a model."""
    for option in value.options if isinstance(value, Choice) else (value,):
        seen_as_model = isinstance(option, Symbol) and MODE in option.cells
        if seen_as_model or isinstance(option, Module) or (isinstance(option, Instance) and is_model(option)):
            _say(m, option, None, node)


def forget_modes_of(m: Machine, given: Iterable[Value], node: ir.Expr) -> list[Module | Instance]:
    """Something that is not followed may have set the modes of all that is in what it was given, which is returned."""
    parts = [part for value in given for part in parts_of(value)]
    for part in parts:
        forget_mode(m, part, node)
    return parts


def forget_modes_in(m: Machine, events: Events) -> None:
    """A context manager has set modes: inside of it they are not known, and neither after."""
    for event in list(flat(events)):
        if isinstance(event, ModeSet):
            _write(m, event.model, Mode(None))


def hand_over(m: Machine, name: str, site: CallSite) -> None:
    """A function that is not followed is given models."""
    if not _LOOKS_ON.search(name):
        for value in site.values():
            forget_mode(m, value, site.node)


def apply_function(m: Machine, model: Module | Instance, function: Value | None, node: ir.Expr) -> None:
    """`model.apply(function)`: it may set the modes of parts."""
    if not isinstance(function, Function):
        return
    text = function.file.text_of(function.definition.node)
    if ".eval(" in text or ".train(" in text or ".training" in text:
        _say(m, model, None, node)


def is_model(instance: Instance) -> bool:
    """Whether an object of the project is a module of torch."""
    return torch_base(instance.cls) is not None


def parts_of(model: Value) -> Iterator[Module | Instance]:
    """A model and everything in it."""
    waiting: list[Value] = [model]
    seen: set[int] = set()
    while waiting and len(seen) < _MAX_PARTS:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Sequence):
            waiting += part.items
        elif isinstance(part, Choice):
            waiting += part.options
        elif isinstance(part, Module | Instance):
            yield part
            waiting += [value for value in part.cells.values() if isinstance(value, Value)]
            waiting += part.cells.get(ITEMS, {}).values()
            if isinstance(part, Module):
                waiting += [value for value in part.arguments.values() if isinstance(value, Module | Instance)]


def noisy_parts(m: Machine, model: Value) -> tuple[str, ...]:
    """The kinds of layers that are surely in training mode, and act otherwise in evaluation mode."""
    kinds = [_noise(m, part) for part in parts_of(model) if mode_of(part).training is True]
    return tuple(dict.fromkeys(kind for kind in kinds if kind))


def drifting_parts(model: Value) -> Iterator[Module]:
    """Batch norms that are surely frozen, and in training mode all the same."""
    for part in parts_of(model):
        frozen = isinstance(part, Module) and part.cells.get(FROZEN) == Const(True)
        if isinstance(part, Module) and frozen and mode_of(part).training is True and _is_norm(part):
            yield part


def freeze(m: Machine, model: Value, frozen: Value) -> None:
    """`requires_grad` of all parameters of a model."""
    for part in parts_of(model):
        m.write(part.cells, FROZEN, frozen)
        if frozen != Const(True):
            m.ownership.thawed.add(part.number)


def remember_parts(m: Machine, model: Value) -> None:
    """Somebody asked for the parameters of a model: what is done to them one by one is done to its parts."""
    for part in parts_of(model):
        m.memory[("parameters of", part.number)] = part


def freeze_one(m: Machine, parameter: Tensor, wanted: Value) -> None:
    """`p.requires_grad = False`, in a loop over the parameters of a model."""
    frozen = Const(not wanted.value) if isinstance(wanted, Const) else UNKNOWN
    for number in parameter.deps:
        part = m.memory.get(("parameters of", number))
        if part is not None:
            m.write(part.cells, FROZEN, frozen)
        if frozen != Const(True):
            m.ownership.thawed.add(number)


def _is_norm(part: Module) -> bool:
    if part.kind == "ready-made":
        return _NORMED_READY_MADE.search(_model_name(part)) is not None
    return "BatchNorm" in part.kind and part.arguments.get("track_running_stats") is None


def _noise(m: Machine, part: Module | Instance) -> str:
    if isinstance(part, Instance):
        return "functional dropout" if is_model(part) and _drops_by_hand(m, part) else ""
    name = part.kind.rpartition(".")[2]
    if part.kind == "ready-made":
        named = _model_name(part)
        known = _NORMED_READY_MADE.search(named)
        return "batch norm" if known else "dropout" if _NOISY_READY_MADE.search(named) else ""
    if name in _RECURRENT:
        dropout = part.arguments.get("dropout")
        return "dropout" if isinstance(dropout, Const) and dropout.value else ""
    if not _NOISY.search(name):
        return ""
    if "BatchNorm" in name:
        return "batch norm" if part.arguments.get("track_running_stats") in (None, Const(True)) else ""
    given = part.arguments.get("p", part.arguments.get("in_channels")) if "Dropout" in name else None
    given = given if given is not None else part.arguments.get("dropout")
    return "" if isinstance(given, Const) and not given.value else "dropout"


def _drops_by_hand(m: Machine, part: Instance) -> bool:
    key = ("drops", part.cls.definition)
    if key not in m.memory:
        text = part.cls.scope.file.text_of(part.cls.definition.node)
        m.memory[key] = re.search(r"dropout\([^\n]*self\.training", text) is not None
    return bool(m.memory[key])


def _model_name(part: Module) -> str:
    """`resnet18`, from the function that gives it or from its argument."""
    given = part.arguments.get("model_name")
    named = str(given.value) if isinstance(given, Const) else ""
    return named or part.spelling.rpartition(".")[2]


def _asked(name: str, site: CallSite) -> bool | None:
    if name == "eval":
        return False
    given = site.const(0, "mode")
    return True if site.arg(0, "mode") is None else given if isinstance(given, bool) else None


def _say(m: Machine, model: Value, trains: bool | None, node: ir.Expr) -> None:
    place = m.place(node)
    parts = frozenset({id(model), *_write(m, model, Mode(trains, place))})
    m.events.append(ModeSet(model, parts, trains, place))


def _write(m: Machine, model: Value, mode: Mode) -> list[int]:
    if isinstance(model, Symbol):
        m.write(model.cells, MODE, mode)
        return []
    parts = list(parts_of(model))
    for part in parts:
        m.write(part.cells, MODE, mode)
    return list(map(id, parts))


def _stands_in(model: Module | Instance) -> bool:
    """Whether nobody was seen to build it, or the model that it is part of."""
    current: Value = model
    for _ in range(_MAX_PARTS):
        if isinstance(current, Instance) and current.partial and torch_base(current.cls) is not None:
            return True
        if not isinstance(current, Module | Instance) or current.owner is None:
            return False
        current = current.owner[0]
    return True
