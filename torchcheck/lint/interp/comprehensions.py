"""Comprehensions and generator expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.assign import assign
from torchcheck.lint.interp.generators import generator, spend
from torchcheck.lint.interp.iteration import element, known_items
from torchcheck.lint.interp.join import join_deps
from torchcheck.lint.interp.torch_values import Loader, Parameters, Tensor
from torchcheck.lint.interp.values import Const, Mapping, Value, sequence

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_MAX_ITEMS = 40


def comprehension(m: Machine, expr: ir.Comprehension) -> Value:
    """Read for each item where they are known, and otherwise once."""
    clause = expr.clauses[0]
    iterable = m.eval(clause.iterable)
    spend(m, iterable, clause.iterable, clause.iterable)
    items = known_items(m, iterable)
    simple = len(expr.clauses) == 1 and not clause.conditions
    if items is not None and simple and len(items) <= _MAX_ITEMS:
        return _collected(expr, [_turn(m, expr, item) for item in items])
    before = len(m.ownership.loose)
    turn = _turn if simple else _nested_turn
    nested = len(expr.clauses) > 1 and expr.kind in ("generator", "list")
    each = items if nested and items is not None and 0 < len(items) <= _MAX_ITEMS else None
    if isinstance(iterable, Loader):
        return _over_batches(m, expr, iterable)
    turns = [turn(m, expr, item) for item in each or [element(m, iterable)]]
    one = turns[0]
    if isinstance(iterable, Parameters) or each:
        taken = [iterable] if isinstance(iterable, Parameters) else m.ownership.loose[before:]
        chosen = _chosen(m, expr, [value for _, value in turns], taken)
        if chosen is not None:
            return chosen
    return sequence("list", [one[1]], open=True) if expr.kind != "dict" else Mapping({}, open=True)


def _over_batches(m: Machine, expr: ir.Comprehension, loader: Loader) -> Value:
    """`sum(hits(model(x), y) for x, y in loader)` is a loop like those that are statements."""
    found: list[Value] = []

    def body() -> None:
        found.append(_nested_turn(m, expr, element(m, loader))[1])

    m.loop(expr, body, loader, m.text(expr.clauses[0].iterable))
    return sequence("list", found, open=True) if expr.kind != "dict" else Mapping({}, open=True)


def _chosen(m: Machine, expr: ir.Comprehension, values: list[Value], taken: list[Parameters]) -> Parameters | None:
    """`[p for p in model.parameters() if ...]`: any of the parameters that were `taken`."""
    leaves = [value for value in values if isinstance(value, Tensor) and value.leaf]
    if expr.kind not in ("generator", "list") or len(leaves) < len(values):
        return None
    owners = join_deps([leaf.deps for leaf in leaves])
    chosen = generator(m, owners) if expr.kind == "generator" else Parameters(owners)
    chosen.parts = tuple(part for one in taken for part in (one, *one.parts))
    return chosen


def _turn(m: Machine, expr: ir.Comprehension, item: Value) -> tuple[Value | None, Value]:
    assign(m, expr.clauses[0].target, item)
    key = m.eval(expr.key) if expr.key is not None else None
    return key, m.eval(expr.element)


def _nested_turn(m: Machine, expr: ir.Comprehension, item: Value) -> tuple[Value | None, Value]:
    assign(m, expr.clauses[0].target, item)
    for condition in expr.clauses[0].conditions:
        m.eval(condition)
    for clause in expr.clauses[1:]:
        assign(m, clause.target, element(m, m.eval(clause.iterable)))
        for condition in clause.conditions:
            m.eval(condition)
    key = m.eval(expr.key) if expr.key is not None else None
    return key, m.eval(expr.element)


def _collected(expr: ir.Comprehension, turns: list[tuple[Value | None, Value]]) -> Value:
    if expr.kind != "dict":
        return sequence("list", [value for _, value in turns])
    keys = [key.value for key, _ in turns if isinstance(key, Const)]
    if len(keys) < len(turns):
        return Mapping({}, open=True)
    return Mapping(dict(zip(keys, (value for _, value in turns), strict=True)))
