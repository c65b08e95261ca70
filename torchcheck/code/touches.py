"""Whether anything gives an attribute or a name its values after it was made."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchcheck.code.nodes import NodeView
from torchcheck.code.walk import walk
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.code.definitions import ClassView
    from torchcheck.code.file import FileView

_FILLS = pattern(r"init|reset|fill|copy|load|_$|xavier|kaiming|normal|uniform|orthogonal|constant|setattr")
"""What a function that gives values is called."""
_MEASURES = frozenset({"size", "shape", "dim", "numel", "device", "dtype", "ndim", "requires_grad", "is_cuda"})
_WHOLE = frozenset({"parameters", "named_parameters", "modules", "named_modules", "state_dict", "_parameters"})


def is_filled(view: ClassView, attr: str, made: NodeView) -> bool:
    """Whether an attribute of a class may get values anywhere but where it is made.

    In the methods that set an object up every use but a measurement counts, elsewhere in the file what writes.
    """
    methods = {method.node for one in view.lineage for method in one.methods.values() if _sets_up(one, method.name)}
    for file in {one.file for one in view.lineage} | {view.file}:
        for node in file.tree.of_type(ast.Attribute, ast.Constant):
            is_meant = (isinstance(node, ast.Attribute) and node.attr == attr) or (
                isinstance(node, ast.Constant) and node.value == attr and _is_named_to_a_call(file, node)
            )
            if not is_meant or _is_inside(file, node, made.node):
                continue
            inside = any(parent in methods for parent in file.tree.ancestors(node))
            if _writes(file, node) or (inside and not _measures(file, node)):
                return True
    return False


def fills_everything(view: ClassView) -> bool:
    """Whether the files of a class hold a loop over all parameters or modules that gives them values."""
    for file in {one.file for one in view.lineage} | {view.file}:
        if any(call.method == "apply" for call in file.calls):
            return True
        for loop in file.tree.of_type(ast.For):
            over = {n.attr for n in walk(loop.iter) if isinstance(n, ast.Attribute)}  # type: ignore[attr-defined]
            if over & _WHOLE and any(_fills(node) for node in walk(loop)):
                return True
    return False


def _fills(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "data":
        return True
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return bool(_FILLS.search(name))


def name_is_filled(made: NodeView, name: str) -> bool:
    """Whether a local name is given to, or called with, anything that may give it values."""
    function = made.function
    if function is None:
        return True
    for node in function.nodes:
        is_read = isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        if is_read and (_writes(made.file, node) or _is_in_a_call(made.file, node)):
            return True
    return False


def _sets_up(view: ClassView, name: str) -> bool:
    return name == "__init__" or bool(_FILLS.search(name)) or view.method(name) in view.initializers


def _writes(file: FileView, node: ast.AST) -> bool:
    """Whether a use assigns to a tensor, calls a method of it in place, or hands it to what fills it."""
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return True
    child, parent = node, file.tree.parent(node)
    while isinstance(parent, ast.Attribute | ast.Subscript | ast.Starred | ast.List | ast.Tuple):
        if isinstance(parent, ast.Attribute) and parent.attr.endswith("_") and not parent.attr.startswith("_"):
            return True
        if isinstance(parent, ast.Attribute) and parent.attr == "data":
            return True
        if isinstance(getattr(parent, "ctx", None), ast.Store):
            return True
        child, parent = parent, file.tree.parent(parent)
    if isinstance(parent, ast.Call) and child is not parent.func:
        return bool(_FILLS.search(ast.unparse(parent.func)))
    return isinstance(parent, ast.AugAssign) or (isinstance(parent, ast.For) and child is parent.iter)


def _measures(file: FileView, node: ast.AST) -> bool:
    parent = file.tree.parent(node)
    return isinstance(parent, ast.Attribute) and parent.attr in _MEASURES


def _is_in_a_call(file: FileView, node: ast.AST) -> bool:
    parent = file.tree.parent(node)
    while isinstance(parent, ast.Starred | ast.List | ast.Tuple | ast.keyword):
        parent = file.tree.parent(parent)
    return isinstance(parent, ast.Call)


def _is_named_to_a_call(file: FileView, node: ast.AST) -> bool:
    """`getattr(self, "weight")`."""
    call = file.tree.parent(node)
    return isinstance(call, ast.Call) and not (
        isinstance(call.func, ast.Attribute) and call.func.attr == "register_parameter"
    )


def _is_inside(file: FileView, node: ast.AST, outer: ast.AST) -> bool:
    return node is outer or outer in file.tree.ancestors(node)
