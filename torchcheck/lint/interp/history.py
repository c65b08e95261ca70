"""Losses that a loop collects: each is noted, and judged at the end, when it is known which of them were learned from.

A loss that is backpropagated by itself need not be kept: whatever is made of the sum later, it can't be
backpropagated again. Nor need the losses of an evaluation; whether a loop without a backward is one, its names say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from torchcheck.facts.history import GraphKept
from torchcheck.lint import ir
from torchcheck.lint.fixes import detach
from torchcheck.lint.interp.cuts import is_live, is_loss_call
from torchcheck.lint.interp.meters import held_by_meter
from torchcheck.lint.interp.passes import recorded_evaluations
from torchcheck.lint.interp.scope import Frame
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import Criterion, Tensor
from torchcheck.lint.interp.values import External, Symbol, Value
from torchcheck.lint.source import NodePlace
from torchcheck.patterns import pattern
from torchcheck.records import record
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine
    from torchcheck.lint.interp.retained import Backward

_COUNT = pattern(r"(?i)(^|_)(sizes?|counts?|num|number|n|len|lengths?|bs)(_|$)")
"""Names of numbers by which losses are multiplied; they have no graph."""
_EMPTIES = words("reset clear zero")
_SAME_GRAPH = words("float double half cpu cuda to mean sum clone squeeze view reshape")


@record(eq=False)
class Collected:
    """One statement that collects: what, into what, in the turn of which loop, and whether it is surely a loss."""

    values: list[Value]
    part: ir.Expr
    text: str
    collector: str
    summed: bool
    place: NodePlace
    loop: ir.Stmt
    frame: Frame
    loss: bool


@record(eq=False)
class History:
    """What one entry point collected and backpropagated.

    Attributes:
        turns: the loops that we are in, with the frames that they belong to.
        losses: what the known losses gave, by identity.
        backwards: those in the loops that we are in.
        made_of: what a value was computed from, as far as scaling and adding go, by the identity of the value.
    """

    turns: list[tuple[ir.Stmt, Frame]] = field(default_factory=list)
    collected: list[Collected] = field(default_factory=list)
    learned: list[tuple[Value, frozenset[int]]] = field(default_factory=list)
    losses: dict[int, Value] = field(default_factory=dict)
    made_of: dict[int, tuple[Value, list[Value]]] = field(default_factory=dict)
    backwards: list[Backward] = field(default_factory=list)

    @contextmanager
    def turn(self, loop: ir.Stmt, frame: Frame) -> Iterator[None]:
        self.turns.append((loop, frame))
        try:
            yield
        finally:
            self.turns.pop()


def watch_backward(m: Machine, site: CallSite, loss: Value | None) -> None:
    """Note what is backpropagated, and in which loops: the receiver, or what the receiver was given."""
    func = site.node.func
    from torchcheck.lint.interp import retained

    by_argument = bool(site.args) and loss is site.args[0]
    source = site.exprs[0] if by_argument else func.value if isinstance(func, ir.Attribute) else None
    retained.note(m, site, source)
    loops = frozenset(id(loop) for loop, _ in m.history.turns)
    for value in _values(m, source):
        m.history.learned.append((value, loops))


def parts_of(m: Machine, source: ir.Expr) -> list[Value]:
    """What an expression is made of, before its value is bound to a name."""
    return list(_values(m, source)) if isinstance(source, ir.Binary | ir.Unary | ir.Call | ir.Name) else []


def watch_assign(m: Machine, target: ir.Expr, source: ir.Expr, parts: list[Value]) -> None:
    """`loss = loss / k` and `loss = a + b`: what the new value was made of; `total = total + loss` collects."""
    if isinstance(source, ir.Binary) and source.op == "+" and spell(target):
        for one, other in ((source.left, source.right), (source.right, source.left)):
            if spell(one) == spell(target):
                _collect(m, target, other, summed=True)
    made(m, target, parts)


def made(m: Machine, target: ir.Expr, parts: list[Value]) -> None:
    """Remember what the value was made of that a name now has."""
    value = m.frame.cells.get(target.id) if isinstance(target, ir.Name) else None
    if isinstance(value, Tensor | Symbol) and parts:
        m.history.made_of[id(value)] = (value, [part for part in parts if part is not value])


def watch_augmented(m: Machine, statement: ir.AugAssign) -> None:
    """`total += loss`, and `losses += [loss]`."""
    if statement.op != "+":
        return
    if isinstance(statement.value, ir.Display) and len(statement.value.items) == 1:
        _collect(m, statement.target, statement.value.items[0], summed=False)
    else:
        _collect(m, statement.target, statement.value, summed=True)


def watch_append(m: Machine, statement: ir.ExprStmt) -> None:
    """`losses.append(loss)`, and `meter.update(loss)` of a meter that adds up what it is given."""
    call = statement.value
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute) or not m.history.turns:
        return
    if call.func.attr != "append":
        for part, summed in held_by_meter(m, call):
            _collect(m, call.func.value, part, summed=summed)
    elif len(call.args) == 1 and not call.args[0].star:
        _collect(m, call.func.value, call.args[0].value, summed=False)


def _collect(m: Machine, target: ir.Expr, part: ir.Expr, *, summed: bool) -> None:
    turns = m.history.turns
    if not turns or turns[-1][1] is not m.frame or m.grad_off > 0 or m.statement is None:
        return
    if _COUNT.search(last_part(spell(part))):
        return
    values = list(_values(m, part))
    loss = m.grad_unclear == 0 and _is_loss(m, part)
    if values or loss:
        name = m.text(target)
        place = m.place(m.statement)
        collected = Collected(values, part, m.text(part), name, summed, place, turns[-1][0], m.frame, loss)
        m.history.collected.append(collected)


def _values(m: Machine, expr: ir.Expr | None) -> Iterator[Value]:
    """The values whose graphs are part of an expression: scaled, cast, or added to each other."""
    if isinstance(expr, ir.Name) or (isinstance(expr, ir.Attribute) and expr.attr not in ("data", "grad")):
        value = m.eval(expr)
        if isinstance(value, Tensor | Symbol):
            yield value
    elif isinstance(expr, ir.Binary) and expr.op in ("+", "-"):
        yield from _values(m, expr.left)
        yield from _values(m, expr.right)
    elif isinstance(expr, ir.Unary) and expr.op == "-":
        yield from _values(m, expr.operand)
    elif isinstance(expr, ir.Binary) and expr.op in ("*", "/"):
        yield from _values(m, expr.left)
        if expr.op == "*":
            yield from _values(m, expr.right)
    elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attribute):
        if expr.func.attr in _SAME_GRAPH:
            yield from _values(m, expr.func.value)
        elif expr.func.attr == "scale" and expr.args:
            yield from _values(m, expr.args[0].value)


def _is_loss(m: Machine, expr: ir.Expr) -> bool:
    """Whether an expression is surely a loss with its graph, scaled and cast at most."""
    if isinstance(expr, ir.Name):
        value = m.eval(expr)
        return (id(value) in m.history.losses or isinstance(value, Symbol)) and is_live(value, expr)
    if isinstance(expr, ir.Binary) and expr.op in ("*", "/"):
        return _is_loss(m, expr.left) or (expr.op == "*" and _is_loss(m, expr.right))
    if not isinstance(expr, ir.Call):
        return False
    if isinstance(expr.func, ir.Attribute) and expr.func.attr in _SAME_GRAPH:
        return _is_loss(m, expr.func.value)
    return is_loss_call(expr) and isinstance(m.eval(expr.func), Criterion | External | Symbol)


def report_kept(m: Machine, *, top: bool) -> None:
    """At the end of an entry point (the `top` level of a file?): what was collected though nothing needs its graph."""
    history = m.history
    learned: dict[int, set[int]] = {}
    for value, loops in history.learned:
        _spread(history, value, loops, learned)
    evaluated = recorded_evaluations(m.events, visible=top or bool(learned))
    for one in history.collected:
        read = one.loss and id(one.loop) in evaluated and not any(id(value) in learned for value in one.values)
        alone = read or any(id(one.loop) in learned.get(id(value), ()) for value in one.values)
        if alone and _stays(one):
            fact = GraphKept(
                place=one.place,
                collector=one.collector,
                collected=one.text,
                summed=one.summed,
                detach=detach(one.place.file, one.part),
            )
            m.facts.kept.append((one.place.file, fact))


def _spread(history: History, value: Value, loops: frozenset[int], learned: dict[int, set[int]]) -> None:
    """A value is learned from in these loops, and so is everything that it was made of."""
    waiting, seen = [value], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        learned.setdefault(id(current), set()).update(loops)
        waiting += history.made_of.get(id(current), (current, []))[1]


def _stays(one: Collected) -> bool:
    """Whether what is collected lives on in the next turn, and is not backpropagated as a whole."""
    name = re.escape(one.collector)
    file = one.place.file
    definition = one.frame.function.definition if one.frame.function is not None else None
    text = file.text_of(definition.node) if definition is not None else file.text
    if re.search(rf"\b{name}\b.*backward\b|backward\(.*\b{name}\b|\b{name}\s*=\s*(?:\w+\.)?deque\(", text):
        return False
    return not any(_sets_anew(statement, one.collector) for statement in getattr(one.loop, "body", ()))


def _sets_anew(statement: ir.Stmt, name: str) -> bool:
    """Whether each turn begins with another collector, or an empty one."""
    if isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Call):
        func = statement.value.func
        return isinstance(func, ir.Attribute) and func.attr in _EMPTIES and spell(func.value) == name
    if not isinstance(statement, ir.Assign) or not any(spell(target) == name for target in statement.targets):
        return False
    value = statement.value
    return not (isinstance(value, ir.Binary) and name in (spell(value.left), spell(value.right)))
