"""From libcst statements to ours, in one walk of our own. Function bodies are lowered when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import libcst as cst

from torchcheck.lint import ir
from torchcheck.lint.lower_expr import (
    YIELDS,
    dotted_name,
    lower_arguments,
    lower_expr,
    lower_params,
)


def lower_module(module: cst.Module) -> list[ir.Stmt]:
    """The statements of a module."""
    return _block(module.body)


def _block(nodes: Iterable[Any]) -> list[ir.Stmt]:
    statements: list[ir.Stmt] = []
    for node in nodes:
        if isinstance(node, cst.SimpleStatementLine):
            _simple(node, statements)
        elif (lower := _COMPOUND.get(type(node))) is not None:
            _guarded(lower, node, statements)
    return statements


def _simple(line: cst.SimpleStatementLine | cst.SimpleStatementSuite, statements: list[ir.Stmt]) -> None:
    for node in line.body:
        if (lower := _SIMPLE.get(type(node))) is not None:
            _guarded(lower, node, statements)


def _guarded(lower: Callable[[Any], ir.Stmt], node: Any, statements: list[ir.Stmt]) -> None:
    try:
        statements.append(lower(node))
    except RecursionError:  # nested beyond what anybody wrote by hand
        statements.append(ir.ExprStmt(node, ir.Opaque(node, [])))


def _suite(node: Any) -> list[ir.Stmt]:
    if isinstance(node, cst.SimpleStatementSuite):
        statements: list[ir.Stmt] = []
        _simple(node, statements)
        return statements
    return _block(node.body)


def _function(node: cst.FunctionDef) -> ir.Stmt:
    decorators = [lower_expr(d.decorator) for d in node.decorators]
    return ir.FunctionDef(node, node.name.value, lower_params(node.params), decorators, lambda: _function_body(node))


def _function_body(node: cst.FunctionDef) -> tuple[list[ir.Stmt], bool]:
    YIELDS.append(False)
    try:
        return _suite(node.body), YIELDS[-1]
    finally:
        YIELDS.pop()


def _class(node: cst.ClassDef) -> ir.Stmt:
    bases = lower_arguments((*node.bases, *node.keywords))
    return ir.ClassDef(
        node, node.name.value, bases, [lower_expr(d.decorator) for d in node.decorators], _suite(node.body)
    )


def _if(node: cst.If) -> ir.Stmt:
    orelse = node.orelse
    if isinstance(orelse, cst.If):
        other: list[ir.Stmt] = []
        _guarded(_if, orelse, other)
    else:
        other = _suite(orelse.body) if orelse is not None else []
    return ir.If(node, lower_expr(node.test), _suite(node.body), other)


def _orelse(node: Any) -> list[ir.Stmt]:
    return _suite(node.orelse.body) if node.orelse is not None else []


def _for(node: cst.For) -> ir.Stmt:
    return ir.For(node, lower_expr(node.target), lower_expr(node.iter), _suite(node.body), _orelse(node))


def _while(node: cst.While) -> ir.Stmt:
    return ir.While(node, lower_expr(node.test), _suite(node.body), _orelse(node))


def _with(node: cst.With) -> ir.Stmt:
    items = [(lower_expr(i.item), lower_expr(i.asname.name) if i.asname is not None else None) for i in node.items]
    return ir.With(node, items, _suite(node.body))


def _try(node: cst.Try | cst.TryStar) -> ir.Stmt:
    final = _suite(node.finalbody.body) if node.finalbody is not None else []
    return ir.Try(node, _suite(node.body), [_suite(h.body) for h in node.handlers], _orelse(node), final)


def _match(node: cst.Match) -> ir.Stmt:
    patterns = [
        (_pattern(case.pattern), lower_expr(case.guard) if case.guard is not None else None) for case in node.cases
    ]
    return ir.Match(node, lower_expr(node.subject), [_suite(case.body) for case in node.cases], patterns)


def _pattern(node: Any) -> ir.Pattern:
    name = node.name.value if getattr(node, "name", None) is not None else None
    if isinstance(node, cst.MatchValue | cst.MatchSingleton):
        return ir.Pattern("value", value=lower_expr(node.value))
    if isinstance(node, cst.MatchAs):
        inner = [_pattern(node.pattern)] if node.pattern is not None else []
        return ir.Pattern("or" if inner else "capture", name, parts=inner)
    if isinstance(node, cst.MatchOr):
        return ir.Pattern("or", parts=[_pattern(part.pattern) for part in node.patterns])
    if isinstance(node, cst.MatchSequence):
        starred = any(isinstance(part, cst.MatchStar) for part in node.patterns)
        parts = [_pattern(part if isinstance(part, cst.MatchStar) else part.value) for part in node.patterns]
        return ir.Pattern("other" if starred else "sequence", parts=parts)
    if isinstance(node, cst.MatchStar):
        return ir.Pattern("other", parts=[ir.Pattern("capture", name)])
    if isinstance(node, cst.MatchClass):
        positional = ir.Pattern("other", parts=[_pattern(part.value) for part in node.patterns])
        named = [_pattern(part.pattern) for part in node.kwds]
        return ir.Pattern("class", parts=[positional, *named], keys=["", *(part.key.value for part in node.kwds)])
    if isinstance(node, cst.MatchMapping):
        rest = [ir.Pattern("capture", node.rest.value)] if node.rest is not None else []
        return ir.Pattern("other", parts=[*(_pattern(part.pattern) for part in node.elements), *rest])
    return ir.Pattern("other")


def _assign(node: cst.Assign) -> ir.Stmt:
    return ir.Assign(node, [lower_expr(t.target) for t in node.targets], lower_expr(node.value))


def _ann_assign(node: cst.AnnAssign) -> ir.Stmt:
    annotation = lower_expr(node.annotation.annotation)
    if node.value is None:
        return ir.ExprStmt(node, ir.Opaque(node, []))
    return ir.Assign(node, [lower_expr(node.target)], lower_expr(node.value), annotation)


_AUGMENTED = {
    "AddAssign": "+",
    "SubtractAssign": "-",
    "MultiplyAssign": "*",
    "DivideAssign": "/",
    "FloorDivideAssign": "//",
    "ModuloAssign": "%",
    "PowerAssign": "**",
    "MatrixMultiplyAssign": "@",
}


def _aug_assign(node: cst.AugAssign) -> ir.Stmt:
    op = _AUGMENTED.get(type(node.operator).__name__, "")
    return ir.AugAssign(node, lower_expr(node.target), op, lower_expr(node.value))


def _import(node: cst.Import) -> ir.Stmt:
    return ir.Import(
        node, [(dotted_name(a.name), dotted_name(a.asname.name) if a.asname else None) for a in node.names]
    )


def _import_from(node: cst.ImportFrom) -> ir.Stmt:
    module = dotted_name(node.module) if node.module is not None else ""
    names = None
    if not isinstance(node.names, cst.ImportStar):
        names = [
            (dotted_name(a.name), dotted_name(a.asname.name) if a.asname else dotted_name(a.name)) for a in node.names
        ]
    return ir.ImportFrom(node, module, len(node.relative), names)


def _assert(node: cst.Assert) -> ir.Stmt:
    return ir.ExprStmt(node, ir.Opaque(node, [lower_expr(node.test)]))


def _delete(node: cst.Del) -> ir.Stmt:
    target = lower_expr(node.target)
    return ir.Delete(node, target.items if isinstance(target, ir.Display) else [target])


_SIMPLE: dict[type, Callable[[Any], ir.Stmt]] = {
    cst.Assign: _assign,
    cst.AnnAssign: _ann_assign,
    cst.AugAssign: _aug_assign,
    cst.Expr: lambda n: ir.ExprStmt(n, lower_expr(n.value)),
    cst.Return: lambda n: ir.Return(n, lower_expr(n.value) if n.value is not None else None),
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    cst.Assert: _assert,
    cst.Del: _delete,
    cst.Raise: lambda n: ir.Jump(n, "raise", lower_expr(n.exc) if n.exc is not None else None),
    cst.Break: lambda n: ir.Jump(n, "break"),
    cst.Continue: lambda n: ir.Jump(n, "continue"),
    cst.Global: lambda n: ir.Global(n, [item.name.value for item in n.names]),
    cst.Nonlocal: lambda n: ir.Global(n, [item.name.value for item in n.names]),
}
_COMPOUND: dict[type, Callable[[Any], ir.Stmt]] = {
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.Match: _match,
}
