"""Which names of a block a value is made of, and which of them come from an earlier turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, fields

from torchcheck.lint import ir
from torchcheck.lint.interp.scope import all_statements, assigned_names, bound_names, nested_blocks, target_names
from torchcheck.records import record
from torchcheck.torch_names import words

_CUT_METHODS = words("detach item tolist numpy size dim numel argmax zero_grad step")
_CUT_ATTRIBUTES = words("data shape dtype device grad requires_grad")
_CUT_FUNCTIONS = words("len range int float str print isinstance enumerate_ id repr")
_PUTS = words("append extend insert update add appendleft")


@record
class Slice:
    """The names of a block.

    Attributes:
        made_of: for each name that the block binds or fills, the names through which a graph may come into it.
        bound: the names that it binds.
        exposed: names that it reads before it surely binds them.
    """

    made_of: dict[str, set[str]] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    exposed: set[str] = field(default_factory=set)

    def sources(self, names: Iterable[str]) -> set[str]:
        """These names and all that they are made of."""
        waiting, found = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.made_of.get(name, ())
        return found


def slice_of(block: list[ir.Stmt]) -> Slice:
    """What is read and bound in a block."""
    found = Slice(bound=assigned_names(block))
    for statement in all_statements(block):
        for name, value in _flows(statement):
            found.made_of.setdefault(name, set()).update(value)
    _expose(block, set(), found.exposed)
    return found


def slice_of_loop(loop: ir.For | ir.While) -> Slice:
    """The same of one turn of a loop."""
    found = slice_of(loop.body)
    if isinstance(loop, ir.For):
        targets = set(target_names(loop.target))
        found.bound |= targets
        for name in targets:
            found.made_of.setdefault(name, set()).update(graph_reads(loop.iterable))
        found.exposed = set()
        _expose(loop.body, targets, found.exposed)
    return found


def graph_reads(expr: ir.Expr | None) -> set[str]:
    """The names through which a graph may come into the value of an expression."""
    if isinstance(expr, ir.Name):
        return {expr.id}
    if isinstance(expr, ir.Attribute):
        return set() if expr.attr in _CUT_ATTRIBUTES else graph_reads(expr.value)
    if isinstance(expr, ir.Compare):
        return set()
    if isinstance(expr, ir.Call):
        func = expr.func
        if isinstance(func, ir.Attribute) and func.attr in _CUT_METHODS:
            return set()
        if isinstance(func, ir.Name) and func.id in _CUT_FUNCTIONS:
            return set()
    if isinstance(expr, ir.Comprehension):
        targets = {name for clause in expr.clauses for name in target_names(clause.target)}
        inner = graph_reads(expr.element)
        over = {name for clause in expr.clauses for name in graph_reads(clause.iterable)}
        return (inner | over if inner & targets else inner) - targets
    found = {name for part in parts_of(expr) for name in graph_reads(part)}
    if isinstance(expr, ir.Lambda):
        return found - {param.name for param in expr.params.named()}
    return found


def parts_of(expr: object) -> Iterator[ir.Expr]:
    """The expressions directly in an expression."""
    if not isinstance(expr, ir.Expr | ir.Argument | ir.Clause):
        return
    for each in fields(expr):
        yield from _inner(getattr(expr, each.name)) if each.name != "node" else ()


def _inner(value: object) -> Iterator[ir.Expr]:
    if isinstance(value, ir.Expr):
        yield value
    elif isinstance(value, ir.Argument | ir.Clause):
        yield from parts_of(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _inner(item)


def _flows(statement: ir.Stmt) -> Iterator[tuple[str, set[str]]]:
    """Which names a statement puts a graph into, and through which names it may come."""
    if isinstance(statement, ir.Assign):
        for target in statement.targets:
            for name in _roots(target):
                yield name, graph_reads(statement.value)
    elif isinstance(statement, ir.AugAssign):
        for name in _roots(statement.target):
            yield name, graph_reads(statement.value) | {name}
    elif isinstance(statement, ir.For):
        for name in target_names(statement.target):
            yield name, graph_reads(statement.iterable)
    elif isinstance(statement, ir.With):
        for expr, bound in statement.items:
            for name in target_names(bound) if bound is not None else ():
                yield name, graph_reads(expr)
    elif isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Call):
        func = statement.value.func
        if isinstance(func, ir.Attribute) and func.attr in _PUTS:
            for name in _roots(func.value):
                yield name, {n for argument in statement.value.args for n in graph_reads(argument.value)}
    elif isinstance(statement, ir.FunctionDef):
        yield statement.name, _reads_of_function(statement)


def _roots(target: ir.Expr) -> list[str]:
    """The names that an assignment changes: `d` of `d["loss"]`."""
    if isinstance(target, ir.Display):
        return [name for item in target.items for name in _roots(item)]
    while isinstance(target, ir.Attribute | ir.Subscript | ir.Starred):
        target = target.value
    return [target.id] if isinstance(target, ir.Name) else []


def _reads_of_function(definition: ir.FunctionDef) -> set[str]:
    inner = slice_of(definition.body)
    own = inner.bound | {param.name for param in definition.params.named()}
    return all_reads(definition.body) - own


def all_reads(block: list[ir.Stmt]) -> set[str]:
    """Every name through which a graph may come into anything that a block computes."""
    found: set[str] = set()
    for statement in all_statements(block):
        if isinstance(statement, ir.FunctionDef):
            found |= _reads_of_function(statement)
        elif isinstance(statement, ir.ExprStmt | ir.Return | ir.Assign | ir.AugAssign):
            found |= graph_reads(statement.value)
        elif isinstance(statement, ir.For):
            found |= graph_reads(statement.iterable)
    return found


def _expose(block: list[ir.Stmt], defined: set[str], exposed: set[str]) -> set[str] | None:
    """Note what is read before it is surely bound; the answer is what is bound after, None where nothing comes."""
    for statement in block:
        if isinstance(statement, ir.Jump | ir.Return):
            return None
        if isinstance(statement, ir.If):
            arms = [_expose(arm, set(defined), exposed) for arm in (statement.body, statement.orelse)]
            going_on = [arm for arm in arms if arm is not None]
            if not going_on:
                return None
            defined = set.intersection(*going_on)
            continue
        value = getattr(statement, "iterable", None) or getattr(statement, "value", None)
        exposed |= graph_reads(value) - defined
        if isinstance(statement, ir.FunctionDef):
            exposed |= _reads_of_function(statement) - defined
        if isinstance(statement, ir.AugAssign):
            exposed |= graph_reads(statement.target) - defined
        if isinstance(statement, ir.With):
            exposed |= {name for expr, _ in statement.items for name in graph_reads(expr)} - defined
        defined |= set(bound_names(statement))
        for inner in nested_blocks(statement):
            defined |= _expose(inner, set(defined), exposed) or set()
    return defined
