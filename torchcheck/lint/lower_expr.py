"""From libcst expressions to ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from torchcheck.lint import ir

YIELDS: list[bool] = [False]
"""Whether the function that is being lowered yields: the innermost one last."""

_BINARY = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "Divide": "/",
    "FloorDivide": "//",
    "Modulo": "%",
    "Power": "**",
    "MatrixMultiply": "@",
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
    "LeftShift": "<<",
    "RightShift": ">>",
}
_UNARY = {"Minus": "-", "Plus": "+", "Not": "not", "BitInvert": "~"}
_COMPARE = {
    "Equal": "==",
    "NotEqual": "!=",
    "LessThan": "<",
    "GreaterThan": ">",
    "LessThanEqual": "<=",
    "GreaterThanEqual": ">=",
    "Is": "is",
    "IsNot": "is not",
    "In": "in",
    "NotIn": "not in",
}
_KNOWN_NAMES = {"True": True, "False": False, "None": None}


def lower_expr(node: Any) -> ir.Expr:
    """The expression that a libcst node stands for."""
    lower = _LOWERERS.get(type(node))
    return lower(node) if lower is not None else ir.Opaque(node, [])


def dotted_name(node: Any) -> str:
    """`a.b.c` of an import."""
    if isinstance(node, cst.Attribute):
        return f"{dotted_name(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def lower_params(node: cst.Parameters) -> ir.Parameters:
    star, double = node.star_arg, node.star_kwarg
    return ir.Parameters(
        [_param(p) for p in (*node.posonly_params, *node.params)],
        [_param(p) for p in node.kwonly_params],
        star.name.value if isinstance(star, cst.Param) else None,
        double.name.value if double is not None else None,
    )


def lower_arguments(args: Sequence[cst.Arg]) -> list[ir.Argument]:
    return [ir.Argument(lower_expr(a.value), a.keyword.value if a.keyword else None, a.star) for a in args]


def _param(node: cst.Param) -> ir.Parameter:
    return ir.Parameter(node.name.value, _maybe(node.default), _maybe(node.annotation and node.annotation.annotation))


def _maybe(node: Any) -> ir.Expr | None:
    return lower_expr(node) if node is not None else None


def _all(nodes: Sequence[Any]) -> list[ir.Expr]:
    return [lower_expr(node) for node in nodes if node is not None]


def _name(node: cst.Name) -> ir.Expr:
    if node.value in _KNOWN_NAMES:
        return ir.Constant(node, _KNOWN_NAMES[node.value])
    return ir.Name(node, node.value)


def _number(node: cst.Integer | cst.Float) -> ir.Expr:
    text = node.value.replace("_", "")
    try:
        return ir.Constant(node, int(text, 0) if isinstance(node, cst.Integer) else float(text))
    except ValueError:
        return ir.Opaque(node, [])


def _string(node: cst.SimpleString | cst.ConcatenatedString) -> ir.Expr:
    if isinstance(node, cst.SimpleString) and "b" not in node.prefix and "\\" not in node.value:
        return ir.Constant(node, node.raw_value)
    return ir.Opaque(node, [])


def _formatted(node: cst.FormattedString) -> ir.Expr:
    parts = [part.expression for part in node.parts if isinstance(part, cst.FormattedStringExpression)]
    return ir.Opaque(node, _all(parts))


def _attribute(node: cst.Attribute) -> ir.Expr:
    return ir.Attribute(node, lower_expr(node.value), node.attr.value)


def _call(node: cst.Call) -> ir.Expr:
    return ir.Call(node, lower_expr(node.func), lower_arguments(node.args))


def _elements(node: cst.Tuple | cst.List | cst.Set) -> list[ir.Expr]:
    return [
        ir.Starred(e, lower_expr(e.value)) if isinstance(e, cst.StarredElement) else lower_expr(e.value)
        for e in node.elements
    ]


def _dict(node: cst.Dict) -> ir.Expr:
    return ir.DictDisplay(
        node,
        [(lower_expr(e.key) if isinstance(e, cst.DictElement) else None, lower_expr(e.value)) for e in node.elements],
    )


def _subscript(node: cst.Subscript) -> ir.Expr:
    return ir.Subscript(node, lower_expr(node.value), [_index(e.slice) for e in node.slice])


def _index(node: cst.BaseSlice) -> ir.Expr:
    if isinstance(node, cst.Slice):
        return ir.Slice(node, _maybe(node.lower), _maybe(node.upper), _maybe(node.step))
    return lower_expr(node.value) if isinstance(node, cst.Index) else ir.Opaque(node, [])


def _binary(node: cst.BinaryOperation) -> ir.Expr:
    op = _BINARY.get(type(node.operator).__name__, "")
    return ir.Binary(node, op, lower_expr(node.left), lower_expr(node.right))


def _unary(node: cst.UnaryOperation) -> ir.Expr:
    op = _UNARY[type(node.operator).__name__]
    operand = lower_expr(node.expression)
    if op == "-" and isinstance(operand, ir.Constant) and isinstance(operand.value, int | float):
        return ir.Constant(node, -operand.value)
    return ir.Unary(node, op, operand)


def _boolean(node: cst.BooleanOperation) -> ir.Expr:
    op = "and" if isinstance(node.operator, cst.And) else "or"
    return ir.Boolean(node, op, lower_expr(node.left), lower_expr(node.right))


def _compare(node: cst.Comparison) -> ir.Expr:
    left = lower_expr(node.left)
    if len(node.comparisons) == 1:
        target = node.comparisons[0]
        return ir.Compare(node, _COMPARE[type(target.operator).__name__], left, lower_expr(target.comparator))
    return ir.Opaque(node, [left, *_all([c.comparator for c in node.comparisons])])


def _if_exp(node: cst.IfExp) -> ir.Expr:
    return ir.IfExp(node, lower_expr(node.test), lower_expr(node.body), lower_expr(node.orelse))


def _lambda(node: cst.Lambda) -> ir.Expr:
    return ir.Lambda(node, lower_params(node.params), lower_expr(node.body))


def _comprehension(node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> ir.Expr:
    kind = {cst.ListComp: "list", cst.SetComp: "set", cst.DictComp: "dict", cst.GeneratorExp: "generator"}[type(node)]
    clauses: list[ir.Clause] = []
    clause: cst.CompFor | None = node.for_in
    while clause is not None:
        conditions = _all([c.test for c in clause.ifs])
        clauses.append(ir.Clause(lower_expr(clause.target), lower_expr(clause.iter), conditions))
        clause = clause.inner_for_in
    if isinstance(node, cst.DictComp):
        return ir.Comprehension(node, kind, lower_expr(node.key), lower_expr(node.value), clauses)
    return ir.Comprehension(node, kind, None, lower_expr(node.elt), clauses)


def _yield(node: cst.Yield) -> ir.Expr:
    YIELDS[-1] = True
    value = node.value.item if isinstance(node.value, cst.From) else node.value
    return ir.Opaque(node, _all([value]))


_LOWERERS: dict[type, Callable[[Any], ir.Expr]] = {
    cst.Name: _name,
    cst.Integer: _number,
    cst.Float: _number,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _string,
    cst.FormattedString: _formatted,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Tuple: lambda n: ir.Display(n, "tuple", _elements(n)),
    cst.List: lambda n: ir.Display(n, "list", _elements(n)),
    cst.Set: lambda n: ir.Display(n, "set", _elements(n)),
    cst.Dict: _dict,
    cst.Subscript: _subscript,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _compare,
    cst.IfExp: _if_exp,
    cst.Lambda: _lambda,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _comprehension,
    cst.Await: lambda n: lower_expr(n.expression),
    cst.NamedExpr: lambda n: ir.Walrus(n, lower_expr(n.target), lower_expr(n.value)),
    cst.Yield: _yield,
    cst.Ellipsis: lambda n: ir.Constant(n, ...),
    cst.StarredElement: lambda n: ir.Starred(n, lower_expr(n.value)),
}
