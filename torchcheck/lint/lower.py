"""From the statements of `ast` to ours, in one walk of our own. Function bodies are lowered when they are asked for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from torchcheck.lint import ir
from torchcheck.lint.lower_expr import (
    YIELDS,
    augmented_operator,
    lower_arguments,
    lower_expr,
    lower_maybe,
    lower_params,
)


def lower_module(module: ast.Module) -> list[ir.Stmt]:
    """The statements of a module."""
    return _block(module.body)


def _block(nodes: Iterable[ast.stmt]) -> list[ir.Stmt]:
    statements: list[ir.Stmt] = []
    for node in nodes:
        if (lower := _STATEMENTS.get(node.__class__)) is not None:
            try:
                statements.append(lower(node))
            except RecursionError:  # nested beyond what anybody wrote by hand
                statements.append(ir.ExprStmt(node, ir.Opaque(node, [])))
    return statements


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ir.Stmt:
    decorators = [lower_expr(decorator) for decorator in node.decorator_list]
    return ir.FunctionDef(node, node.name, lower_params(node.args), decorators, lambda: _function_body(node))


def _function_body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[list[ir.Stmt], bool]:
    YIELDS.append(False)
    try:
        return _block(node.body), YIELDS[-1]
    finally:
        YIELDS.pop()


def _class(node: ast.ClassDef) -> ir.Stmt:
    bases = lower_arguments(node.bases, node.keywords)
    return ir.ClassDef(node, node.name, bases, [lower_expr(d) for d in node.decorator_list], _block(node.body))


def _if(node: ast.If) -> ir.Stmt:
    """An `elif` is nested in the one before, and a long chain is lowered from its end."""
    chain = [node]
    while len(chain[-1].orelse) == 1 and isinstance(chain[-1].orelse[0], ast.If):
        chain.append(chain[-1].orelse[0])
    orelse = _block(chain[-1].orelse)
    for link in reversed(chain):
        orelse = [ir.If(link, lower_expr(link.test), _block(link.body), orelse)]
    return orelse[0]


def _for(node: ast.For | ast.AsyncFor) -> ir.Stmt:
    return ir.For(node, lower_expr(node.target), lower_expr(node.iter), _block(node.body), _block(node.orelse))


def _while(node: ast.While) -> ir.Stmt:
    return ir.While(node, lower_expr(node.test), _block(node.body), _block(node.orelse))


def _with(node: ast.With | ast.AsyncWith) -> ir.Stmt:
    items = [(lower_expr(item.context_expr), lower_maybe(item.optional_vars)) for item in node.items]
    return ir.With(node, items, _block(node.body))


def _try(node: Any) -> ir.Stmt:
    handlers = [_block(handler.body) for handler in node.handlers]
    return ir.Try(node, _block(node.body), handlers, _block(node.orelse), _block(node.finalbody))


def _match(node: ast.Match) -> ir.Stmt:
    patterns = [(_pattern(case.pattern), lower_maybe(case.guard)) for case in node.cases]
    return ir.Match(node, lower_expr(node.subject), [_block(case.body) for case in node.cases], patterns)


def _pattern(node: ast.pattern) -> ir.Pattern:
    if isinstance(node, ast.MatchValue):
        return ir.Pattern("value", value=lower_expr(node.value))
    if isinstance(node, ast.MatchSingleton):
        return ir.Pattern("value", value=ir.Constant(node, node.value))
    if isinstance(node, ast.MatchAs):
        inner = [_pattern(node.pattern)] if node.pattern is not None else []
        return ir.Pattern("or" if inner else "capture", node.name, parts=inner)
    if isinstance(node, ast.MatchOr):
        return ir.Pattern("or", parts=[_pattern(part) for part in node.patterns])
    if isinstance(node, ast.MatchSequence):
        starred = any(isinstance(part, ast.MatchStar) for part in node.patterns)
        return ir.Pattern("other" if starred else "sequence", parts=[_pattern(part) for part in node.patterns])
    if isinstance(node, ast.MatchStar):
        return ir.Pattern("other", parts=[ir.Pattern("capture", node.name)])
    if isinstance(node, ast.MatchClass):
        positional = ir.Pattern("other", parts=[_pattern(part) for part in node.patterns])
        named = [_pattern(part) for part in node.kwd_patterns]
        return ir.Pattern("class", parts=[positional, *named], keys=["", *node.kwd_attrs])
    if isinstance(node, ast.MatchMapping):
        rest = [ir.Pattern("capture", node.rest)] if node.rest is not None else []
        return ir.Pattern("other", parts=[*(_pattern(part) for part in node.patterns), *rest])
    return ir.Pattern("other")


def _ann_assign(node: ast.AnnAssign) -> ir.Stmt:
    if node.value is None:
        return ir.ExprStmt(node, ir.Opaque(node, []))
    return ir.Assign(node, [lower_expr(node.target)], lower_expr(node.value), lower_expr(node.annotation))


def _import(node: ast.Import) -> ir.Stmt:
    return ir.Import(node, [(alias.name, alias.asname) for alias in node.names])


def _import_from(node: ast.ImportFrom) -> ir.Stmt:
    star = node.names[0].name == "*"
    names = None if star else [(alias.name, alias.asname or alias.name) for alias in node.names]
    return ir.ImportFrom(node, node.module or "", node.level, names)


_STATEMENTS: dict[type, Callable[[Any], ir.Stmt]] = {
    ast.Assign: lambda n: ir.Assign(n, [lower_expr(target) for target in n.targets], lower_expr(n.value)),
    ast.AnnAssign: _ann_assign,
    ast.AugAssign: lambda n: ir.AugAssign(n, lower_expr(n.target), augmented_operator(n.op), lower_expr(n.value)),
    ast.Expr: lambda n: ir.ExprStmt(n, lower_expr(n.value)),
    ast.Return: lambda n: ir.Return(n, lower_maybe(n.value)),
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assert: lambda n: ir.ExprStmt(n, ir.Opaque(n, [lower_expr(n.test)])),
    ast.Delete: lambda n: ir.Delete(n, [lower_expr(target) for target in n.targets]),
    ast.Raise: lambda n: ir.Jump(n, "raise", lower_maybe(n.exc)),
    ast.Break: lambda n: ir.Jump(n, "break"),
    ast.Continue: lambda n: ir.Jump(n, "continue"),
    ast.Global: lambda n: ir.Global(n, list(n.names)),
    ast.Nonlocal: lambda n: ir.Global(n, list(n.names)),
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
}
if hasattr(ast, "TryStar"):  # Python 3.11
    _STATEMENTS[ast.TryStar] = _try
