"""Interpreting statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp import by_hand, history, loops, matching, retained, sources
from torchcheck.lint.interp.assign import assign, delete, name_value
from torchcheck.lint.interp.classes import make_class
from torchcheck.lint.interp.conditions import condition_key, number_where, truth
from torchcheck.lint.interp.containers import extend
from torchcheck.lint.interp.contexts import enter, leave
from torchcheck.lint.interp.cuts import learned_from
from torchcheck.lint.interp.expressions import binary_values
from torchcheck.lint.interp.names import import_module, import_name
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.periods import period_of
from torchcheck.lint.interp.states import keep
from torchcheck.lint.interp.torch_values import NOTHING, Tensor
from torchcheck.lint.interp.values import Const, Function, Sequence, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Flow, Machine


_FOR_A_TRAINER = ("training_step", "compute_loss")
"""Methods whose result a framework backpropagates."""


def run_block(m: Machine, block: list[ir.Stmt]) -> Flow:
    """Run statements until one leaves the block."""
    for statement in block:
        m.burn()
        outer, m.statement = m.statement, statement if m.statement is not None else None
        try:
            flow = _EXECUTORS[type(statement)](m, statement)
        finally:
            m.statement = outer
        if flow is not None:
            return flow
    return None


def _assign(m: Machine, statement: ir.Assign) -> Flow:
    value = m.eval(statement.value)
    parts = history.parts_of(m, statement.value)
    for target in statement.targets:
        keep(m, target, value)
        sources.note(m, target, statement.value)
        by_hand.watch_assign(m, target, statement.value, value, statement)
        assign(m, target, name_value(m, value, target, statement.value))
        history.watch_assign(m, target, statement.value, parts)
    return None


def _aug_assign(m: Machine, statement: ir.AugAssign) -> Flow:
    target = statement.target
    before = m.eval(target)
    value = m.eval(statement.value)
    sources.note(m, target, ir.Binary(statement.node, statement.op, target, statement.value))
    if by_hand.watch_augmented(m, statement, before, value):
        return None
    if statement.op == "+" and isinstance(before, Sequence) and isinstance(value, Sequence):
        history.watch_augmented(m, statement)
        extend(m, before, value)
        return None
    expr = ir.Binary(statement.node, statement.op, target, statement.value)
    history.watch_augmented(m, statement)
    parts = [*history.parts_of(m, target), *history.parts_of(m, statement.value)]
    assign(m, target, binary_values(m, expr, before, value))
    history.made(m, target, parts)
    return None


def _expr(m: Machine, statement: ir.ExprStmt) -> Flow:
    m.eval(statement.value)
    history.watch_append(m, statement)
    return None


def _return(m: Machine, statement: ir.Return) -> Flow:
    value: Value = m.eval(statement.value) if statement.value is not None else Const(None)
    frame = m.frame
    if _is_for_a_trainer(frame.function):
        learned_from(m, value.items[0] if isinstance(value, Sequence) and value.items else value)
    frame.exits.append((value, m.trail.changes(frame.mark)))
    return "return"


def _is_for_a_trainer(function: Function | None) -> bool:
    """Whether what a function returns is backpropagated: by a framework, and not by the function itself."""
    if function is None or getattr(function.definition, "name", "") not in _FOR_A_TRAINER:
        return False
    return "backward(" not in function.file.text_of(function.definition.node)


def _if(m: Machine, statement: ir.If) -> Flow:
    known = truth(m, statement.test)
    if known is not None:
        return run_block(m, statement.body if known else statement.orelse)
    key, positive = condition_key(m, statement.test)
    arms: list[Callable[[], Flow]] = [
        lambda: _arm(m, statement.body, number_where(statement.test, holds=True)),
        lambda: _arm(m, statement.orelse, number_where(statement.test, holds=False)),
    ]
    return m.fork(key, arms if positive else arms[::-1], period_of(m, statement.test))


def _arm(m: Machine, block: list[ir.Stmt], number: str | None) -> Flow:
    """An arm of a branch in which a name stands for a number, where it may be a tensor elsewhere."""
    cells = m.frame.cells
    value = cells.get(number) if number is not None else None
    if number is None or value is None or isinstance(value, Const):
        return run_block(m, block)
    instead = Tensor(deps=NOTHING)
    m.write(cells, number, instead)
    flow = run_block(m, block)
    if cells.get(number) is instead:
        m.write(cells, number, value)
    return flow


def _for(m: Machine, statement: ir.For) -> Flow:
    with retained.judged(m, statement), m.history.turn(statement, m.frame):
        return loops.for_loop(m, statement)


def _while(m: Machine, statement: ir.While) -> Flow:
    with retained.judged(m, statement), m.history.turn(statement, m.frame):
        return loops.while_loop(m, statement)


def _with(m: Machine, statement: ir.With) -> Flow:
    entered = [enter(m, expr, target) for expr, target in statement.items]
    try:
        return run_block(m, statement.body)
    finally:
        for context in reversed(entered):
            leave(m, context)


def _try(m: Machine, statement: ir.Try) -> Flow:
    """The body as it is meant, or a handler; what a handler does to gradients only excuses."""
    before = m.trail.mark()
    flow = run_block(m, statement.body)
    if flow is None:
        flow = run_block(m, statement.orelse)
    if statement.handlers and flow != "raise":
        flow = _handlers(m, statement, flow, before)
    if statement.final:
        final = run_block(m, statement.final)
        flow = final or flow
    return flow


def _handlers(m: Machine, statement: ir.Try, flow: Flow, before: int) -> Flow:
    changes = m.trail.rewind(before)

    def body() -> Flow:
        m.trail.merge([changes])
        return flow

    def handler(block: list[ir.Stmt]) -> Callable[[], Flow]:
        return lambda: run_block(m, block)

    with m.recording() as events:
        flow = m.fork(None, [body, *(handler(block) for block in statement.handlers)])
    cleared = [event for event in happenings(events) if event.act in (Act.CLEAR, Act.UNKNOWN)]
    for event in cleared:
        event.certain = False
        m.events.append(event)
    return flow


def _function(m: Machine, statement: ir.FunctionDef) -> Flow:
    frame = m.frame
    closure = None if frame.cells is frame.scope.cells else frame
    m.bind(frame, statement.name, Function(statement, frame.scope, closure))
    return None


def _class(m: Machine, statement: ir.ClassDef) -> Flow:
    m.bind(m.frame, statement.name, make_class(m, statement))
    return None


def _import(m: Machine, statement: ir.Import) -> Flow:
    for dotted, bound in statement.names:
        name = bound or dotted.partition(".")[0]
        m.bind(m.frame, name, import_module(m, m.frame.scope, dotted if bound else name))
    return None


def _import_from(m: Machine, statement: ir.ImportFrom) -> Flow:
    for original, bound in statement.names or []:
        m.bind(m.frame, bound, import_name(m, m.frame.scope, statement, original))
    return None


def _delete(m: Machine, statement: ir.Delete) -> Flow:
    for target in statement.targets:
        delete(m, target)
    return None


def _jump(m: Machine, statement: ir.Jump) -> Flow:
    if statement.value is not None:
        m.eval(statement.value)
    return m.leap(statement.kind) if statement.kind != "raise" else "raise"


def _global(m: Machine, statement: ir.Global) -> Flow:
    frame = m.frame
    if frame.outer is None:
        frame.globals.update(statement.names)
    return None


_EXECUTORS: dict[type, Callable[[Machine, Any], Flow]] = {
    ir.Assign: _assign,
    ir.AugAssign: _aug_assign,
    ir.ExprStmt: _expr,
    ir.Return: _return,
    ir.If: _if,
    ir.For: _for,
    ir.While: _while,
    ir.With: _with,
    ir.Try: _try,
    ir.Match: matching.match,
    ir.FunctionDef: _function,
    ir.ClassDef: _class,
    ir.Import: _import,
    ir.ImportFrom: _import_from,
    ir.Delete: _delete,
    ir.Jump: _jump,
    ir.Global: _global,
}
