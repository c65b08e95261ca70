"""Learning-rate schedulers: what they are built with, and their methods."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from torchcheck.facts.scheduler import Unit
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.join import options_of, plain
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import Optimizer, Scheduler
from torchcheck.lint.interp.units import unit_of
from torchcheck.lint.interp.values import UNKNOWN, Const, Function, Method, Sequence, Value
from torchcheck.lint.source import NodePlace
from torchcheck.records import frozen, record

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_SPANS: dict[str, tuple[tuple[int, str], ...]] = {
    "StepLR": ((1, "step_size"),),
    "MultiStepLR": ((1, "milestones"),),
    "CosineAnnealingLR": ((1, "T_max"),),
    "OneCycleLR": ((2, "total_steps"), (4, "steps_per_epoch")),
    "LinearLR": ((3, "total_iters"),),
    "PolynomialLR": ((1, "total_iters"),),
    "get_linear_schedule_with_warmup": ((2, "num_training_steps"),),
    "get_cosine_schedule_with_warmup": ((2, "num_training_steps"),),
    "get_polynomial_decay_schedule_with_warmup": ((2, "num_training_steps"),),
    "get_cosine_with_hard_restarts_schedule_with_warmup": ((2, "num_training_steps"),),
    "get_scheduler": ((3, "num_training_steps"),),
}
"""The arguments that say how long a schedule is."""
_NUMBERS: dict[str, tuple[int, str]] = {
    "StepLR": (2, "gamma"),
    "MultiStepLR": (2, "gamma"),
    "ExponentialLR": (1, "gamma"),
    "ReduceLROnPlateau": (2, "factor"),
}
"""The argument that the learning rate is multiplied by."""


@record(eq=False)
class BuiltScheduler(Scheduler):
    """A scheduler whose construction was seen.

    Attributes:
        kind: dotted name of its class or factory.
        name: as the user calls it.
        kept: the statement that builds it only gives it a name, or drops it.
        unit: what its length counts, as far as names say; `span_text` is that argument.
        numbers: its arguments that are constants, by name.
    """

    kind: str
    spelling: str
    place: NodePlace
    name: str = ""
    kept: bool = False
    unit: Unit | None = None
    span_text: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)


@frozen(eq=False)
class Scheduled:
    """A step of a scheduler: which one, the argument that it is given, and the statements around."""

    scheduler: BuiltScheduler
    argument: ir.Expr | None
    argument_text: str
    has_argument: bool
    scope: list[ir.Stmt]


def build_scheduler(m: Machine, kind: str, site: CallSite) -> BuiltScheduler:
    """A scheduler, and what its arguments say."""
    name = kind.rpartition(".")[2]
    optimizer = site.arg(1 if name == "get_scheduler" else 0, "optimizer") or UNKNOWN
    scheduler = BuiltScheduler(optimizer, kind, m.text(site.node.func), m.place(site.node), _name(m, site.node))
    scheduler.kept = _only_named(m, site.node)
    scope = scope_of_frame(m)
    for index, argument in _SPANS.get(name, ()):
        expr = site.expr(index, argument)
        if expr is not None:
            scheduler.unit = scheduler.unit or unit_of(expr, scope)
            scheduler.span_text = scheduler.span_text or f"{argument}={m.text(expr)}"
            scheduler.numbers["span"] = _numbers(site.arg(index, argument))
    if name in _NUMBERS:
        index, argument = _NUMBERS[name]
        scheduler.numbers["factor"] = _number(site, index, argument, name)
        scheduler.numbers["factor_name"] = argument
    if name == "ReduceLROnPlateau":
        given = site.arg(1, "mode")
        scheduler.numbers["mode"] = "min" if given is None else given.value if isinstance(given, Const) else None
    m.schedulers.append(scheduler)
    return scheduler


def scope_of_frame(m: Machine) -> list[ir.Stmt]:
    """The statements of the function or module that is running."""
    function = m.frame.function
    definition = function.definition if isinstance(function, Function) else None
    return definition.body if isinstance(definition, ir.FunctionDef) else m.frame.file.body()


def _numbers(value: Value | None) -> tuple[float, ...]:
    """The numbers that a length is, where they are all known."""
    items = value.items if isinstance(value, Sequence) and not value.open else (value,)
    found = [item.value for item in items if isinstance(item, Const) and isinstance(item.value, int | float)]
    return tuple(found) if len(found) == len(items) else ()


def _number(site: CallSite, index: int, argument: str, name: str) -> float | None:
    value = site.arg(index, argument)
    if value is None:
        return 0.1 if name != "ExponentialLR" else None
    known = isinstance(value, Const) and isinstance(value.value, int | float)
    return float(value.value) if known and isinstance(value, Const) else None


def _only_named(m: Machine, node: ir.Call) -> bool:
    """Whether the statement around only gives what is built a name, or drops it."""
    statement = m.statement
    if isinstance(statement, ir.Assign):
        return statement.value is node and len(statement.targets) == 1 and bool(spell(statement.targets[0]))
    return isinstance(statement, ir.ExprStmt) and statement.value is node


def _name(m: Machine, node: ir.Call) -> str:
    statement = m.statement
    if isinstance(statement, ir.Assign) and statement.value is node:
        return spell(statement.targets[0])
    return ""


def scheduler_method(m: Machine, func: Method, site: CallSite) -> Value:
    """`scheduler.step()` changes the learning rate; nothing else matters."""
    scheduler = func.receiver
    assert isinstance(scheduler, Scheduler)
    m.use(*site.values())
    if func.name == "step":
        expr = site.expr(0, next(iter(site.keywords), "metrics"))
        target = optimizer_under(scheduler)
        text = m.text(expr) if expr is not None else ""
        given = bool(site.values()) or site.open
        scheduled = None
        if isinstance(scheduler, BuiltScheduler):
            scheduled = Scheduled(scheduler, expr, text, given, scope_of_frame(m))
        m.happen(Act.SCHEDULE, site.node, target, text=m.text(func.node.value), scheduled=scheduled)
    return UNKNOWN


def optimizer_under(scheduler: Scheduler) -> Optimizer | None:
    """The optimizer whose learning rate it sets."""
    target = plain(scheduler.optimizer)
    options = [option for option in options_of(target) if isinstance(option, Optimizer)]
    return options[0] if len(options) == 1 else None
