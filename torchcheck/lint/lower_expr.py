"""From the expressions of `ast` to ours."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from torchcheck.lint import ir

YIELDS: list[bool] = [False]
"""Whether the function that is being lowered yields: the innermost one last."""

_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_AUGMENTED = ("+", "-", "*", "/", "//", "%", "**", "@")
_UNARY = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not", ast.Invert: "~"}
_COMPARE = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def lower_expr(node: Any) -> ir.Expr:
    """The expression that an `ast` node stands for."""
    lower = _LOWERERS.get(node.__class__)
    return lower(node) if lower is not None else ir.Opaque(node, [])


def lower_params(node: ast.arguments) -> ir.Parameters:
    """The parameters of a function or a lambda."""
    plain = [*node.posonlyargs, *node.args]
    defaults = [None] * (len(plain) - len(node.defaults)) + list(node.defaults)
    return ir.Parameters(
        [_param(arg, default) for arg, default in zip(plain, defaults, strict=True)],
        [_param(arg, default) for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)],
        node.vararg.arg if node.vararg is not None else None,
        node.kwarg.arg if node.kwarg is not None else None,
    )


def lower_arguments(args: Iterable[ast.expr], keywords: Iterable[ast.keyword]) -> list[ir.Argument]:
    """What a call is given, or a class is made of."""
    given = []
    for arg in args:
        starred = arg.__class__ is ast.Starred
        given.append(ir.Argument(lower_expr(arg.value if starred else arg), None, "*" if starred else ""))  # type: ignore[attr-defined]
    for keyword in keywords:
        given.append(ir.Argument(lower_expr(keyword.value), keyword.arg, "" if keyword.arg is not None else "**"))
    return given


def augmented_operator(op: ast.operator) -> str:
    """The operator of `a += b`; empty for those that tensors are not trained with."""
    name = _BINARY[op.__class__]
    return name if name in _AUGMENTED else ""


def _param(node: ast.arg, default: ast.expr | None) -> ir.Parameter:
    return ir.Parameter(node.arg, lower_maybe(default), lower_maybe(node.annotation))


def lower_maybe(node: ast.expr | None) -> ir.Expr | None:
    """The same, of what may be left out."""
    return lower_expr(node) if node is not None else None


def _all(nodes: Iterable[ast.expr]) -> list[ir.Expr]:
    return [lower_expr(node) for node in nodes]


def _constant(node: ast.Constant) -> ir.Expr:
    known = not isinstance(node.value, bytes | complex)
    return ir.Constant(node, node.value) if known else ir.Opaque(node, [])


def _formatted(node: ast.JoinedStr) -> ir.Expr:
    values = (value for value in node.values if isinstance(value, ast.FormattedValue))
    return ir.Opaque(node, [lower_expr(value.value) for value in values])


def _call(node: ast.Call) -> ir.Expr:
    return ir.Call(node, lower_expr(node.func), lower_arguments(node.args, node.keywords))


def _dict(node: ast.Dict) -> ir.Expr:
    pairs = zip(node.keys, node.values, strict=True)
    return ir.DictDisplay(node, [(lower_maybe(key), lower_expr(value)) for key, value in pairs])


def _subscript(node: ast.Subscript) -> ir.Expr:
    index = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return ir.Subscript(node, lower_expr(node.value), _all(index))


def _binary(node: ast.BinOp) -> ir.Expr:
    """A long sum is nested as deeply as it has terms, and so is lowered from its innermost part."""
    waiting = [node]
    while isinstance(inner := waiting[-1].left, ast.BinOp):
        waiting.append(inner)
    left = lower_expr(waiting[-1].left)
    for outer in reversed(waiting):
        left = ir.Binary(outer, _BINARY[outer.op.__class__], left, lower_expr(outer.right))
    return left


def _unary(node: ast.UnaryOp) -> ir.Expr:
    op = _UNARY[node.op.__class__]
    operand = lower_expr(node.operand)
    if op == "-" and isinstance(operand, ir.Constant) and isinstance(operand.value, int | float):
        return ir.Constant(node, -operand.value)
    return ir.Unary(node, op, operand)


def _boolean(node: ast.BoolOp) -> ir.Expr:
    op = "and" if node.op.__class__ is ast.And else "or"
    left, *rest = _all(node.values)
    for right in rest:
        left = ir.Boolean(node, op, left, right)
    return left


def _compare(node: ast.Compare) -> ir.Expr:
    left = lower_expr(node.left)
    if len(node.ops) == 1:
        return ir.Compare(node, _COMPARE[node.ops[0].__class__], left, lower_expr(node.comparators[0]))
    return ir.Opaque(node, [left, *_all(node.comparators)])


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ir.Expr:
    kind = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "generator"}[type(node)]
    clauses = [
        ir.Clause(lower_expr(clause.target), lower_expr(clause.iter), _all(clause.ifs)) for clause in node.generators
    ]
    if isinstance(node, ast.DictComp):
        return ir.Comprehension(node, kind, lower_expr(node.key), lower_expr(node.value), clauses)
    return ir.Comprehension(node, kind, None, lower_expr(node.elt), clauses)


def _yield(node: ast.Yield | ast.YieldFrom) -> ir.Expr:
    YIELDS[-1] = True
    if node.value is None:
        return ir.Opaque(node, [])
    return ir.Yield(node, lower_expr(node.value), isinstance(node, ast.YieldFrom))


_LOWERERS: dict[type, Callable[[Any], ir.Expr]] = {
    ast.Name: lambda n: ir.Name(n, n.id),
    ast.Constant: _constant,
    ast.JoinedStr: _formatted,
    ast.Attribute: lambda n: ir.Attribute(n, lower_expr(n.value), n.attr),
    ast.Call: _call,
    ast.Tuple: lambda n: ir.Display(n, "tuple", _all(n.elts)),
    ast.List: lambda n: ir.Display(n, "list", _all(n.elts)),
    ast.Set: lambda n: ir.Display(n, "set", _all(n.elts)),
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.Slice: lambda n: ir.Slice(n, lower_maybe(n.lower), lower_maybe(n.upper), lower_maybe(n.step)),
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: lambda n: ir.IfExp(n, lower_expr(n.test), lower_expr(n.body), lower_expr(n.orelse)),
    ast.Lambda: lambda n: ir.Lambda(n, lower_params(n.args), lower_expr(n.body)),
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Await: lambda n: lower_expr(n.value),
    ast.NamedExpr: lambda n: ir.Walrus(n, lower_expr(n.target), lower_expr(n.value)),
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Starred: lambda n: ir.Starred(n, lower_expr(n.value)),
}
