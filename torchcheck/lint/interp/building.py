"""Building optimizers: which parameters they own, and the fact of what they are built with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.optimizer import OptimizerBuilt
from torchcheck.facts.step import Act
from torchcheck.lint.fixes import rename_to_adamw
from torchcheck.lint.interp.generators import spend, used_by
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.settings import default_of
from torchcheck.lint.interp.torch_values import ANYTHING, Deps, Optimizer, Parameters, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Class, Const, Mapping, Sequence, Spread, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine


def build_optimizer(m: Machine, kind: str, site: CallSite) -> Optimizer:
    """An optimizer, and the fact of what it was built with."""
    params = site.arg(0, "params")
    optimizer = Optimizer(kind.rpartition(".")[2], kind, owners_given(params), built=True, place=m.place(site.node))
    optimizer.learning_rate = _learning_rate(params, site)
    optimizer.remembers = kind != "torch.optim.SGD" or site.arg(2, "momentum") not in (None, Const(0), Const(0.0))
    m.known(optimizer)
    spend(m, params, site.node, site.expr(0, "params"), used_by(site.node.func))
    m.ownership.built(optimizer, params)
    m.happen(Act.UNKNOWN, site.node, optimizer)  # its gradients are whatever they were
    if m.frame.file.path is not None:
        decays = _decays(params, site)
        given = site.expr(4, "weight_decay")
        default = default_of(m.frame.file, given) if decays == (None,) else None
        fact = OptimizerBuilt(
            kind=kind,
            spelling=m.text(site.node.func),
            place=m.place(site.node),
            weight_decay=decays if default is None else (default,),
            default_of=m.text(given) if given is not None and default is not None else "",
            decoupled=_flag(site, "decoupled_weight_decay"),
            rename_to_adamw=rename_to_adamw(m.frame.file, site.node.func),
        )
        m.facts.optimizers.append((m.frame.file, fact))
    return optimizer


def project_optimizer(m: Machine, cls: Class, site: CallSite) -> Optimizer:
    """An instance of an optimizer class of the project; one with a `step` of its own may clear for itself."""
    from torchcheck.lint.interp.classes import find_method

    own_step = find_method(cls, "step") is not None
    kind = f"project.{cls.name}" + (".step" if own_step else "")
    params = site.arg(0, "params")
    wrapped = tuple(value for value in map(plain, site.values()) if isinstance(value, Optimizer))
    owners = frozenset().union(*(one.owners for one in wrapped)) if wrapped else owners_given(params)
    parts = (*wrapped, *(part for one in wrapped for part in one.parts))  # what is done to it is done to these
    optimizer = Optimizer(cls.name, kind, owners, built=True, parts=parts)
    m.ownership.built(optimizer, params)
    return m.known(optimizer)


def owners_given(params: Value | None) -> Deps:
    """The modules whose parameters an optimizer is given."""
    params = plain(params) if params is not None else UNKNOWN
    if isinstance(params, Spread):
        return params.parameters.owners
    if isinstance(params, Parameters):
        return params.owners
    if isinstance(params, Tensor):
        return params.deps
    if isinstance(params, Sequence) and params.items:
        found = frozenset().union(*(owners_given(item) for item in params.items))
        return found | ANYTHING if params.unseen else found
    if isinstance(params, Mapping) and "params" in params.cells:
        return owners_given(params.cells["params"])
    return ANYTHING


def _decays(params: Value | None, site: CallSite) -> tuple[float | None, ...]:
    overall = site.arg(4, "weight_decay")
    default = 0.0 if overall is None and not site.open else _number(overall)
    params = plain(params) if params is not None else UNKNOWN
    if isinstance(params, Sequence) and any(isinstance(plain(item), Mapping) for item in params.items):
        return tuple(_group_decay(plain(item), default) for item in params.items)
    return (default,)


def _group_decay(group: Value, default: float | None) -> float | None:
    if not isinstance(group, Mapping):
        return None
    if "weight_decay" in group.cells:
        return _number(group.cells["weight_decay"])
    return None if group.open else default


def _learning_rate(params: Value | None, site: CallSite) -> float | None:
    """The learning rate of all groups; None where one has its own, or it is not known."""
    params = plain(params) if params is not None else UNKNOWN
    groups = [plain(item) for item in params.items] if isinstance(params, Sequence) else []
    if any(isinstance(group, Mapping) and (group.open or "lr" in group.cells) for group in groups):
        return None
    return _number(site.arg(1, "lr"))


def _number(value: Value | None) -> float | None:
    if isinstance(value, Const) and isinstance(value.value, int | float):
        return float(value.value)
    return None


def _flag(site: CallSite, name: str) -> bool | None:
    value = site.keywords.get(name)
    if value is None:
        return None if site.open else False
    return bool(value.value) if isinstance(value, Const) else None
