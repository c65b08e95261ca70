"""What the last statements of a function compute and throw away."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code import kinds
from torchcheck.code.nodes import ExprView
from torchcheck.code.walk import walk

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView

_ENDS = (ast.Return, ast.Raise, ast.Pass, ast.Continue, ast.Break)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def lost_results(function: FunctionView) -> list[ExprView]:
    """What the last statement of each way through a function computes; empty where one of them acts on something."""
    found = list(_last(function, function.node.body))
    return [] if None in found else [ExprView(function.file, node) for node in found if node is not None]


def _last(function: FunctionView, body: list[ast.stmt]) -> Iterator[ast.expr | None]:
    """The expressions that are lost at the end of a block; None for a statement that acts."""
    body = _without_prints(body)
    if not body:
        return
    last = body[-1]
    if isinstance(last, _ENDS):
        if isinstance(last, ast.Return):
            yield from _last(function, body[:-1])
    elif isinstance(last, ast.If):
        yield from _last(function, last.body)
        if last.orelse:
            yield from _last(function, last.orelse)
        elif isinstance(last.body[-1], ast.Raise):
            yield None  # a check
        else:
            yield from _last(function, body[:-1])
    elif isinstance(last, ast.With):
        yield from _last(function, last.body)
    elif isinstance(last, _LOOPS):
        if any(_acts(function, one) for one in walk(last)):
            yield None
        else:
            yield from _last(function, last.body)
    else:
        yield _lost(function, last)


def _without_prints(body: list[ast.stmt]) -> list[ast.stmt]:
    kept = list(body)
    while kept and _is_print(kept[-1]):
        kept.pop()
    return kept


def _is_print(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Constant):
        return True
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"


def _acts(function: FunctionView, node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return not _is_print(node) and _lost(function, node) is None
    if isinstance(node, ast.Assign):
        return any(not isinstance(target, ast.Name | ast.Tuple) for target in node.targets)
    return isinstance(node, ast.AugAssign | ast.Delete)


def _lost(function: FunctionView, statement: ast.stmt) -> ast.expr | None:
    """The value that a statement computes and that is lost behind it; None where it does something else."""
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        targets = [part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
        is_local = all(
            isinstance(t, ast.Name) and not t.id.startswith("_") and _is_own(function, t.id) for t in targets
        )
        return statement.value if is_local and not isinstance(statement.value, ast.Constant) else None
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        is_new = statement.target.id not in function.parameters and _is_own(function, statement.target.id)
        return statement.value if is_new else None
    return statement.value if isinstance(statement, ast.Expr) and _is_useless(function, statement.value) else None


def _is_own(function: FunctionView, name: str) -> bool:
    scope = function.file.tree.own_scope(function.node)
    return scope is not None and name in scope.bindings and name not in scope.elsewhere


def _is_useless(function: FunctionView, node: ast.expr) -> bool:
    """Whether an expression that stands alone does nothing but compute."""
    view = ExprView(function.file, node)
    if not isinstance(node, ast.Call):
        return isinstance(node, ast.Name | ast.BinOp | ast.Attribute | ast.Tuple | ast.Compare | ast.Subscript)
    call = view.call
    if call is None or any(keyword.arg in ("out", "inplace") for keyword in node.keywords):
        return False
    if call.func.self_attribute is not None:
        return _is_layer_of_torch(function, call.func.self_attribute)
    name = call.target or ""
    return kinds.kind_of_call(name).is_tensor and not name.endswith("_")


def _is_layer_of_torch(function: FunctionView, attr: str) -> bool:
    """Whether an attribute of `self` is a layer that does nothing but compute."""
    found = (
        [view.value.call for name, view in function.owner.self_assignments if name == attr] if function.owner else []
    )
    return bool(found) and all(
        call is not None and (call.target or "").startswith("torch.nn.") and call.argument(None, "inplace") is None
        for call in found
    )
