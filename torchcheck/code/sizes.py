"""Whole numbers that the source gives: literals, names, attributes of `self`, defaults of parameters."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from torchcheck.code.nodes import ExprView
from torchcheck.code.scopes import How

if TYPE_CHECKING:
    from torchcheck.code.nodes import CallView

_DEEPEST = 6
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def number_of(view: ExprView | None, depth: int = 0) -> int | None:
    """The whole number that an expression gives; None where the source doesn't tell."""
    if view is None or depth > _DEEPEST:
        return None
    node, literal = view.node, view.literal
    if type(literal) is int:
        return literal
    if isinstance(node, ast.BinOp):
        one = number_of(ExprView(view.file, node.left), depth + 1)
        two = number_of(ExprView(view.file, node.right), depth + 1)
        if one is None or two is None:
            return None
        if isinstance(node.op, ast.FloorDiv):
            return one // two if two else None
        return _OPERATORS[type(node.op)](one, two) if type(node.op) in _OPERATORS else None
    found = _meant(view)
    return number_of(found, depth + 1) if found is not None else None


def _meant(view: ExprView) -> ExprView | None:
    """What a name or an attribute of `self` was set to, or the default of a parameter."""
    owner, attribute = view.in_class, view.self_attribute
    if attribute is not None and owner is not None:
        given = [assigned for one in owner.lineage for name, assigned in one.self_assignments if name == attribute]
        return given[0].value if len(given) == 1 and not given[0].unpacked else None
    if view.identifier is None:
        return None
    return view.value if view.value is not view else default_of(view)


def default_of(view: ExprView) -> ExprView | None:
    """The default of the parameter that a name means."""
    found = view.scope.find(view.identifier or "")
    if found is None or len(found[1]) != 1 or found[1][0].how is not How.PARAMETER:
        return None
    function = found[0].node
    if not isinstance(function, ast.FunctionDef):
        return None
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    named: list[ast.arg] = [*plain[len(plain) - len(arguments.defaults) :], *arguments.kwonlyargs]
    given = [*arguments.defaults, *arguments.kw_defaults]
    defaults = {argument.arg: default for argument, default in zip(named, given, strict=True)}
    default = defaults.get(view.identifier or "")
    return ExprView(view.file, default) if default is not None else None


def settled_text(view: ExprView) -> str:
    """How the source writes a size: `hidden` of `self.hidden = hidden`."""
    found = _meant(view) if view.self_attribute is not None or view.identifier is not None else None
    if found is not None and found.identifier is not None:
        return found.text
    return view.text


def inputs_of(call: CallView) -> ExprView | None:
    """The input features or channels that a layer is built with; None of a lazy one."""
    if call.last_name.startswith("Lazy"):
        return None
    return call.argument(0, "in_features") or call.argument(None, "in_channels")


def outputs_of(call: CallView) -> ExprView | None:
    """The output features or channels that a layer is built with."""
    position = 0 if call.last_name.startswith("Lazy") else 1
    return call.argument(position, "out_features") or call.argument(None, "out_channels")
