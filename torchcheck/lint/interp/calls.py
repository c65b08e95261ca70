"""Calls: arguments bound to parameters, functions of the project inlined, everything else handed on by kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.attributes import attribute
from torchcheck.lint.interp.binding import bind_arguments
from torchcheck.lint.interp.decorators import forget_modes_of_given, has_known_decorators
from torchcheck.lint.interp.events import Events, Exit, Scope, flat
from torchcheck.lint.interp.fuel import blame, left_out
from torchcheck.lint.interp.iteration import is_data, known_items
from torchcheck.lint.interp.join import join, options_of
from torchcheck.lint.interp.memo import call_key, is_plain, recalled
from torchcheck.lint.interp.modes import forget_modes_in
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.scope import Frame
from torchcheck.lint.interp.torch_values import Loader
from torchcheck.lint.interp.values import (
    UNKNOWN,
    Choice,
    Const,
    External,
    Function,
    Mapping,
    Method,
    Sequence,
    Super,
    Symbol,
    Unknown,
    Value,
)
from torchcheck.lint.torch_tables import NO_GRAD
from torchcheck.records import record

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Flow, Machine

CALLERS: dict[type, Callable[[Any, Any, Any], Value]] = {}
"""What calling a value does, by its kind; filled by `dispatch`, which knows them all."""

_MAX_DEPTH = 24
_MAX_RECURSION = 2


@record(eq=False)
class CallSite:
    """One call with its arguments evaluated. `open`: there may be arguments that are not known."""

    node: ir.Call
    args: list[Value]
    keywords: dict[str, Value] = field(default_factory=dict)
    open: bool = False
    exprs: list[ir.Expr | None] = field(default_factory=list)
    keyword_exprs: dict[str, ir.Expr] = field(default_factory=dict)

    def arg(self, index: int, name: str) -> Value | None:
        """An argument by position or name; None when it is not given, UNKNOWN when that can't be told."""
        if name in self.keywords:
            return self.keywords[name]
        if 0 <= index < len(self.args):
            return self.args[index]
        return UNKNOWN if self.open else None

    def expr(self, index: int, name: str) -> ir.Expr | None:
        """The expression of an argument."""
        if name in self.keyword_exprs:
            return self.keyword_exprs[name]
        return self.exprs[index] if 0 <= index < len(self.exprs) else None

    def const(self, index: int, name: str) -> object:
        """The constant that an argument is; None when it is absent or not known."""
        value = self.arg(index, name)
        return value.value if isinstance(value, Const) else None

    def values(self) -> list[Value]:
        return [*self.args, *self.keywords.values()]

    def shifted(self, first: Value, expr: ir.Expr | None = None) -> CallSite:
        """The same call with one more argument in front."""
        return CallSite(
            self.node, [first, *self.args], self.keywords, self.open, [expr, *self.exprs], self.keyword_exprs
        )

    def rest(self) -> CallSite:
        """The same call without its first argument."""
        return CallSite(self.node, self.args[1:], self.keywords, self.open, self.exprs[1:], self.keyword_exprs)


def eval_call(m: Machine, expr: ir.Call) -> Value:
    """Evaluate a call expression."""
    m.burn()
    func = expr.func
    if isinstance(func, ir.Attribute):
        receiver = m.eval(func.value)
        site = make_site(m, expr)
        if isinstance(receiver, Symbol | Unknown):
            known = receiver.cells.get(func.attr) if isinstance(receiver, Symbol) else None
            if known is not None and not isinstance(known, Symbol):
                return call_value(m, known, site)
            return CALLERS[Method](m, Method(receiver, func.attr, func), site)
        return call_value(m, attribute(m, receiver, func), site)
    value = m.eval(func)
    if isinstance(func, ir.Name) and func.id == "super" and value == External("builtins.super"):
        return _super(m)
    return call_value(m, value, make_site(m, expr))


def make_site(m: Machine, expr: ir.Call) -> CallSite:
    """Evaluate the arguments of a call."""
    site = CallSite(expr, [])
    for argument in expr.args:
        value = m.eval(argument.value)
        if argument.star == "*":
            _spread(m, site, value)
        elif argument.star == "**":
            if isinstance(value, Mapping):
                site.keywords.update({str(key): item for key, item in value.cells.items()})
            site.open = site.open or not isinstance(value, Mapping) or value.open
        elif argument.keyword is not None:
            site.keywords[argument.keyword] = value
            site.keyword_exprs[argument.keyword] = argument.value
        else:
            site.args.append(value)
            site.exprs.append(argument.value)
    return site


def _spread(m: Machine, site: CallSite, value: Value) -> None:
    items = known_items(m, value)
    if items is None:
        items = list(value.items) if isinstance(value, Sequence) and not site.args else []
        site.open = True
    site.args += items
    site.exprs += [None] * len(items)


def call_value(m: Machine, func: Value, site: CallSite) -> Value:
    """Call whatever it is."""
    if isinstance(func, Choice):
        return _call_each(m, func, site)
    return CALLERS.get(type(func), CALLERS[Unknown])(m, func, site)


def call_values(m: Machine, func: Value, args: list[Value]) -> Value:
    """Call with values that stand in no source."""
    node = ir.Call(m.frame.scope.file, ir.Name(None, ""), [])
    return call_value(m, func, CallSite(node, args, exprs=[None] * len(args)))


def _call_each(m: Machine, func: Choice, site: CallSite) -> Value:
    options = options_of(func)
    if len(options) == 1:
        return call_value(m, options[0], site)
    results: list[Value] = []

    def arm(option: Value) -> Callable[[], None]:
        return lambda: results.append(call_value(m, option, site))

    m.fork(None, [arm(option) for option in options])
    return join(results)


def _super(m: Machine) -> Value:
    frame: Frame | None = m.frame
    while frame is not None and frame.home is None:
        frame = frame.outer
    if frame is None or frame.home is None or frame.receiver is None:
        return UNKNOWN
    return Super(frame.receiver, frame.home)


def inline(m: Machine, function: Function, site: CallSite) -> Value:
    """Interpret the body of a function of the project with these arguments."""
    definition = function.definition
    running = sum(1 for frame in m.frames if frame.function is not None and frame.function.definition is definition)
    if len(m.frames) > _MAX_DEPTH or running >= _MAX_RECURSION or _raises(function, site):
        m.happen(Act.UNKNOWN, site.node)
        return UNKNOWN
    if m.alone and definition in m.heavy:
        return left_out(m, function, site)
    m.burn()
    frame = Frame(function.scope, {}, function.closure, function, function.bound, function.home, mark=m.trail.mark())
    frame.cells.update(bind_arguments(m, function, site))
    if isinstance(definition, ir.Lambda):
        m.frames.append(frame)
        try:
            return m.eval(definition.body)
        finally:
            m.frames.pop()
    m.reached.add(definition)
    if not definition.body:
        return UNKNOWN
    if definition.generator:
        return _run_generator(m, frame, definition, site)
    key = call_key(m, function, site)
    if key is not None and key in m.calls:
        return recalled(m.calls[key])
    mark, before = m.trail.mark(), len(m.events)
    if has_known_decorators(definition):
        result = _run(m, frame, definition)
    else:
        forget_modes_of_given(m, function, site)
        result = _run(m, frame, definition)
        forget_modes_of_given(m, function, site)
    quiet = len(m.events) == before and not m.trail.touched_since(mark, frame.cells)
    if key is not None and quiet and is_plain(result):
        m.calls[key] = result
    return result


def _raises(function: Function, site: CallSite) -> bool:
    """Whether there are more arguments than the function takes: a call that was left behind by a change."""
    params = function.definition.params
    given = len(site.args) + (function.bound is not None)
    decorated = isinstance(function.definition, ir.FunctionDef) and bool(function.definition.decorators)
    return given > len(params.positional) and params.star is None and not site.open and not decorated


def _run_generator(m: Machine, frame: Frame, definition: ir.FunctionDef, site: CallSite) -> Value:
    """Run the body where the generator is made, as if all of it were consumed there; of what it yields, only data.

    A training step that is not whole in the body is shared with the consumer, in an order that is not told apart.
    """
    around = any(not _is_no_grad(m, decorator) for decorator in definition.decorators)
    with m.recording() as events:
        _run(m, frame, definition)
    if around:
        m.trail.rewind(frame.mark)  # a context manager or a fixture: what it sets, it usually sets back
        forget_modes_in(m, events)
    acts = list(happenings(events))
    if not around and {Act.BACKWARD, Act.STEP} <= {event.act for event in acts}:
        m.events += events
    elif acts:
        m.events += [replace(event, certain=False) for event in acts]
        m.happen(Act.UNKNOWN, site.node)
    if around or acts or not frame.yielded or not all(map(is_data, frame.yielded)):
        return UNKNOWN
    return Loader(join(frame.yielded))


def _run(m: Machine, frame: Frame, definition: ir.FunctionDef) -> Value:
    quiet = _without_grad(m, definition)
    m.frames.append(frame)
    m.grad_off += quiet
    outer, recorded, fuel = m.statement, m.events, m.fuel
    events: Events = []
    m.events = events
    try:
        flow = m.run(definition.body)
    finally:
        m.events = recorded
        m.grad_off -= quiet
        m.frames.pop()
        m.statement = outer
        if m.fuel < 0:
            blame(m, definition, fuel)
    if any(not isinstance(event, Exit) for event in flat(events)):
        m.events.append(Scope(events))
    return _result(m, frame, flow)


def _result(m: Machine, frame: Frame, flow: Flow) -> Value:
    """What the call returns, with the state joined over all its returns."""
    exits = list(frame.exits)
    if flow is None:
        exits.append((Const(None), m.trail.changes(frame.mark)))
    if not exits:
        return UNKNOWN
    if len(exits) > 1 or flow != "return":
        m.trail.rewind(frame.mark)
        m.trail.merge([changes for _, changes in exits])
    return join([value for value, _ in exits])


def _without_grad(m: Machine, definition: ir.FunctionDef) -> bool:
    return any(_is_no_grad(m, decorator) for decorator in definition.decorators)


def _is_no_grad(m: Machine, decorator: ir.Expr) -> bool:
    name = decorator.func if isinstance(decorator, ir.Call) else decorator
    value = m.eval(name) if isinstance(name, ir.Attribute | ir.Name) else UNKNOWN
    return isinstance(value, External) and value.name in NO_GRAD
