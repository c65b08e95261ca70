"""Whether anybody reads a name: by the syntax of its file alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from torchcheck.lint.source import SourceFile
from torchcheck.torch_names import words

_LOOKED_AT = words("get_last_lr get_lr state_dict load_state_dict last_epoch base_lrs print_lr optimizer")
_PLAIN_BASES = words("object ABC")
_DEEPEST = 3
"""Functions through which a value is followed to where it is left."""

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
    return not _is_used(tree, around, name, whole=whole)


def _holds(node: ast.AST, row: int) -> bool:
    start, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return start is not None and end is not None and start <= row <= end


def _is_used(tree: ast.Module, around: list[ast.AST], name: str, *, whole: bool, depth: int = 0) -> bool:
    """Whether a variable of the innermost function is read, there or by those who get it from there."""
    if any(isinstance(n, ast.Global | ast.Nonlocal) and name in n.names for n in ast.walk(tree)):
        return True
    functions = [n for n in around if isinstance(n, _Function)]
    root: ast.AST = functions[-1] if functions else tree
    calls = (n.func for n in ast.walk(root) if isinstance(n, ast.Call))
    if any(getattr(func, "id", "") in ("locals", "globals", "vars") for func in calls):
        return True
    for parent, node in _pairs(root, name):
        if not (isinstance(node, ast.Name) and node.id == name and _is_read(node)) or _only_looks(parent):
            continue
        if not whole or depth > _DEEPEST or len(functions) != 1 or not isinstance(root, ast.FunctionDef):
            return True
        if not _is_dropped(tree, root, node, depth):
            return True
    return False


def _is_dropped(tree: ast.Module, function: ast.FunctionDef, node: ast.AST, depth: int) -> bool:
    """Whether a function returns what `node` reads, and each call of it leaves that alone."""
    values = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
    at = next((v.elts.index(node) for v in values if isinstance(v, ast.Tuple) and node in v.elts), None)
    if (at is None and node not in values) or function.decorator_list or function not in tree.body:
        return False
    mentions = [n for n in ast.walk(tree) if function.name in (getattr(n, "id", None), getattr(n, "attr", None))]
    takers = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and _calls(n.value, function.name)]
    if not takers or len(takers) != len(mentions):
        return False
    return all(_is_left(tree, taker, at, depth) for taker in takers)


def _calls(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == name


def _is_left(tree: ast.Module, taker: ast.Assign, at: int | None, depth: int) -> bool:
    """Whether nobody reads one of the values that an assignment takes from a call."""
    target: ast.expr | None = taker.targets[0] if len(taker.targets) == 1 else None
    if at is not None:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        known = at < len(parts) and not any(isinstance(part, ast.Starred) for part in parts)
        target = parts[at] if known else None
    if not isinstance(target, ast.Name):
        return False
    around = [n for n in ast.walk(tree) if _holds(n, taker.lineno)]
    return not _is_used(tree, around, target.id, whole=True, depth=depth + 1)


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
