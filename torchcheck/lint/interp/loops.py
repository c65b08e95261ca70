"""Loops: unrolled over what is known item by item, otherwise read once for any number of turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.assign import assign
from torchcheck.lint.interp.conditions import truth
from torchcheck.lint.interp.events import Happening, has_acts
from torchcheck.lint.interp.generators import spend
from torchcheck.lint.interp.iteration import element, known_items
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.scope import all_statements, assigned_names
from torchcheck.lint.interp.torch_values import OpenLoop
from torchcheck.lint.interp.values import Cells, Const, Instance, Symbol, Value
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Flow, Machine

_MAX_TURNS = 40
_CLEARS = pattern(r"zero_grad|\.grad\b")


def for_loop(m: Machine, statement: ir.For) -> Flow:
    before = len(m.events)
    iterable = _iterable(m, statement)
    shared = [event for event in m.events[before:] if isinstance(event, Happening) and not event.certain]
    spend(m, iterable, statement.iterable, statement.iterable)
    items = known_items(m, iterable)
    m.memory["turns", statement] = len(items) if items is not None else _turns(m, statement)
    if items is not None and len(items) <= _MAX_TURNS:
        return _unrolled(m, statement, items)
    _forget_constants(m, statement.body)

    def body() -> Flow:
        m.events += shared  # what a generator does between its items
        assign(m, statement.target, element(m, iterable))
        return m.run(statement.body)

    m.loop(statement, body, iterable, m.text(statement.iterable))
    return m.run(statement.orelse)


def _turns(m: Machine, statement: ir.For) -> int | None:
    """How often `for epoch in range(200)` turns, if that is known."""
    expr = statement.iterable
    if not isinstance(expr, ir.Call) or not isinstance(expr.func, ir.Name) or expr.func.id not in ("range", "trange"):
        return None
    bounds = [m.eval(argument.value) for argument in expr.args if not argument.keyword and not argument.star]
    numbers = [bound.value for bound in bounds if isinstance(bound, Const) and type(bound.value) is int]
    return len(range(*numbers)) if 1 <= len(numbers) == len(bounds) <= 2 else None


def _iterable(m: Machine, statement: ir.For) -> Value:
    """What is iterated over. A generator that trains only excuses where its consumer clears between the items."""
    with m.recording() as events:
        iterable = m.eval(statement.iterable)
    if has_acts(events) and _CLEARS.search(m.frame.file.text_of(statement.node)):
        m.events += [replace(event, certain=False) for event in happenings(events)]
        m.happen(Act.UNKNOWN, statement.iterable)
    else:
        m.events += events
    return iterable


def _unrolled(m: Machine, statement: ir.For, items: list[Value]) -> Flow:
    """Turn by turn. A break in some branch only makes the rest uncertain, so it is read on."""

    def turn(item: Value) -> Callable[[], Flow]:
        def body() -> Flow:
            assign(m, statement.target, item)
            return m.run(statement.body)

        return body

    first = m.next_number()
    with m.recording() as events:
        m.looping.append(OpenLoop(events, m.forks))
        for item in items:
            mark = m.trail.mark()
            m.frame.leaps.append((mark, []))
            flow = turn(item)()
            _, leaps = m.frame.leaps.pop()
            if leaps:
                changes = m.trail.rewind(mark)
                m.trail.merge([*leaps, changes] if flow is None else leaps)
            if flow in ("return", "raise", "break"):
                break
        else:
            flow = None
    m.looping.pop()
    if events:
        from torchcheck.lint.interp.events import Loop

        over = m.text(statement.iterable)
        place, turns = m.place(statement), len(items)
        m.events.append(Loop(events, place, statement, unrolled=True, over=over, first=first, turns=turns))
    if flow in ("return", "raise"):
        return flow
    return m.run(statement.orelse) if flow is None else None


def while_loop(m: Machine, statement: ir.While) -> Flow:
    _forget_constants(m, statement.body)
    if truth(m, statement.test) is False:
        return m.run(statement.orelse)
    m.loop(statement, lambda: m.run(statement.body))
    return m.run(statement.orelse)


def _forget_constants(m: Machine, block: list[ir.Stmt]) -> None:
    """A constant that the loop changes is not the same in every turn."""
    frame = m.frame
    for name in assigned_names(block):
        if isinstance(frame.cells.get(name), Const):
            m.bind(frame, name, Symbol(name))
    for statement in all_statements(block):
        if isinstance(statement, ir.AugAssign) and isinstance(statement.target, ir.Attribute):
            _forget_attribute(m, statement.target)


def _forget_attribute(m: Machine, target: ir.Attribute) -> None:
    if not isinstance(target.value, ir.Name):
        return
    owner = m.frame.cells.get(target.value.id)
    if isinstance(owner, Instance):
        cells: Cells = owner.cells
        if isinstance(cells.get(target.attr), Const):
            m.write(cells, target.attr, Symbol(target.attr))
