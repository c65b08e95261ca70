"""Whether anybody reads a name: by the syntax of its file alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from torchcheck.lint.source import SourceFile
from torchcheck.torch_names import words

_LOOKED_AT = words("get_last_lr get_lr state_dict load_state_dict last_epoch base_lrs print_lr optimizer")
_PLAIN_BASES = words("object ABC")
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def is_left_alone(file: SourceFile, node: Any, name: str, *, whole: bool) -> bool:
    """Whether what a call at `node` gives to `name` is never used, other than to be looked at.

    Args:
        name: dotted; empty where the value is dropped.
        whole: the file is a program, so that nobody else reads the attributes of its objects.
    """
    if not name:
        return True
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    row = file.span(node).start.row
    around = [n for n in ast.walk(tree) if _holds(n, row)]
    if "." in name:
        return whole and name.count(".") == 1 and _attribute_alone(tree, around, name.partition(".")[2])
    functions = [n for n in around if isinstance(n, _Function)]
    if any(isinstance(n, ast.Global | ast.Nonlocal) and name in n.names for n in ast.walk(tree)):
        return False
    root: ast.AST = functions[-1] if functions else tree
    return not _is_used(root, name)


def _holds(node: ast.AST, row: int) -> bool:
    start, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return start is not None and end is not None and start <= row <= end


def _is_used(root: ast.AST, name: str) -> bool:
    reads = (p for p, n in _pairs(root, name) if isinstance(n, ast.Name) and n.id == name and _is_read(n))
    if not all(_only_looks(parent) for parent in reads):
        return True
    calls = (n.func for n in ast.walk(root) if isinstance(n, ast.Call))
    return any(getattr(func, "id", "") in ("locals", "globals", "vars") for func in calls)


def _only_looks(parent: ast.AST) -> bool:
    """`scheduler.get_last_lr()`; and `lr_scheduler.StepLR`, which is the module of that name."""
    return isinstance(parent, ast.Attribute) and (parent.attr in _LOOKED_AT or parent.attr[:1].isupper())


def _is_read(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


def _pairs(root: ast.AST, name: str) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node below with its parent, without the functions that have such a name of their own."""
    for child in ast.iter_child_nodes(root):
        yield root, child
        if not (isinstance(child, _Function) and _has_own(child, name)):
            yield from _pairs(child, name)


def _has_own(function: _Function, name: str) -> bool:
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if any(argument.arg == name for argument in given):
        return True
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in ast.walk(function))


def _attribute_alone(tree: ast.Module, around: list[ast.AST], attr: str) -> bool:
    """The same of `self.attr`: nothing in the file reads it, and the class has no base that may."""
    classes = [n for n in around if isinstance(n, ast.ClassDef)]
    if len(classes) != 1 or any(getattr(base, "id", "?") not in _PLAIN_BASES for base in classes[0].bases):
        return False
    if any(isinstance(node, ast.Constant) and node.value == attr for node in ast.walk(tree)):
        return False
    pairs = ((node, child) for node in ast.walk(tree) for child in ast.iter_child_nodes(node))
    reads = (p for p, n in pairs if isinstance(n, ast.Attribute) and n.attr == attr and _is_read(n))
    return all(_only_looks(parent) for parent in reads)
