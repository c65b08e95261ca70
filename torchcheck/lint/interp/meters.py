"""Meters: classes of the project whose methods add what they are given to what they hold (`AverageMeter.update`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.attributes import attribute
from torchcheck.lint.interp.scope import all_statements, bound_names
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.values import Function, Instance

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def held_by_meter(m: Machine, call: ir.Call) -> Iterator[tuple[ir.Expr, bool]]:
    """The arguments of a call that a meter keeps as they are, and whether it adds them up."""
    if not isinstance(call.func, ir.Attribute) or not spell(call.func.value):
        return
    receiver = m.eval(call.func.value)
    method = attribute(m, receiver, call.func) if isinstance(receiver, Instance) else None
    if not isinstance(method, Function) or not isinstance(method.definition, ir.FunctionDef) or method.bound is None:
        return
    if any(argument.star for argument in call.args):
        return
    kept = m.memory.get(("meter", method.definition))
    if kept is None:
        kept = m.memory["meter", method.definition] = _kept(method.definition) if not _forgets(method) else {}
    names = [parameter.name for parameter in method.definition.params.positional[1:]]
    for position, argument in enumerate(call.args):
        name = argument.keyword or (names[position] if position < len(names) else "")
        if name in kept:
            yield argument.value, kept[name]


def _forgets(method: Function) -> bool:
    """Whether the class holds but the last few of what it is given."""
    home = method.home
    return home is not None and "deque(" in method.file.text_of(home.definition.node)


def _kept(method: ir.FunctionDef) -> dict[str, bool]:
    """The parameters that a method adds to an attribute as they are, and whether it adds them up."""
    if not method.params.positional or method.decorators:
        return {}
    own = method.params.positional[0].name
    rebound = {name for statement in all_statements(method.body) for name in bound_names(statement)}
    found = {}
    for statement in method.body:
        for part, summed in _collected(statement, own):
            name = _scaled(part)
            if name is not None and name not in rebound:
                found[name] = summed
    return found


def _collected(statement: ir.Stmt, own: str) -> Iterator[tuple[ir.Expr, bool]]:
    """What a statement adds to an attribute of the object, and whether to a sum."""
    if isinstance(statement, ir.AugAssign) and statement.op == "+" and _is_attribute(statement.target, own):
        yield statement.value, True
    elif isinstance(statement, ir.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        if _is_attribute(target, own) and isinstance(value, ir.Binary) and value.op == "+":
            for one, other in ((value.left, value.right), (value.right, value.left)):
                if spell(target) in (spell(part) for part in _factors(one)):
                    yield other, True
    elif isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Call):
        call = statement.value
        appends = isinstance(call.func, ir.Attribute) and call.func.attr == "append" and len(call.args) == 1
        if appends and isinstance(call.func, ir.Attribute) and _is_attribute(call.func.value, own):
            yield call.args[0].value, False


def _is_attribute(expr: ir.Expr, own: str) -> bool:
    return isinstance(expr, ir.Attribute) and isinstance(expr.value, ir.Name) and expr.value.id == own


def _factors(expr: ir.Expr) -> Iterator[ir.Expr]:
    if isinstance(expr, ir.Binary) and expr.op in ("*", "/"):
        yield from _factors(expr.left)
        if expr.op == "*":
            yield from _factors(expr.right)
    else:
        yield expr


def _scaled(expr: ir.Expr) -> str | None:
    """The parameter that an expression is, or is a multiple of; None where it is anything else."""
    names = [part.id for part in _factors(expr) if isinstance(part, ir.Name)]
    return names[0] if names else None
