"""Where data goes in the statements of one function, and where it is split."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import children, walk
from torchcheck.code.words import words_of
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_SPLITS = frozenset({"sklearn.model_selection.train_test_split", "torch.utils.data.random_split"})
_ADDERS = words("append extend insert add update")
_MEASURES = words("shape size ndim dtype columns index device")
_TRAINS = words("train training trn")
_CHECKS = words("test testing val valid validation dev eval holdout")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statements_of(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The simple statements of a function in the order of the source, those of its branches and loops included."""
    found: list[ast.stmt] = []
    for statement in body:
        inner = [block for name in ("body", "orelse", "finalbody") for block in getattr(statement, name, ())]
        handlers = [one for handler in getattr(statement, "handlers", ()) for one in handler.body]
        if not isinstance(statement, _DEFINITIONS):
            found += statements_of([*inner, *handlers]) if inner else [statement]
    return found


def roots(statement: ast.stmt) -> set[str]:
    """The names that a statement gives values to, or to items of which."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets = [statement.target]
    return {name for target in targets for name in _roots(target)}


def _roots(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            yield from _roots(one)
        return
    while isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id


def mentioned(node: ast.AST) -> set[str]:
    """The names whose contents an expression uses; those that are only measured are left out."""
    found: set[str] = set()
    waiting: list[ast.AST] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif not _measures(one):
            waiting += children(one)
    return found


def _measures(node: ast.AST) -> bool:
    """Whether an expression uses its parts for their sizes alone."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("len", "range", "print")
    return isinstance(node, ast.Lambda) or (isinstance(node, ast.Attribute) and node.attr in _MEASURES)


class Flow:
    """Follows data from names to names.

    Args:
        file: where the statements stand.
        names: the names that hold the data.
    """

    def __init__(self, file: FileView, names: Iterable[str]) -> None:
        self._file = file
        self._names = set(names)

    def split_in(self, statements: Sequence[ast.stmt]) -> ExprView | None:
        """The first split of the data among statements; None where there is none."""
        heads: list[tuple[str, str, ast.Subscript]] = []
        for statement in statements:
            if not self._names:
                return None
            found = self._call_that_splits(statement) or self._slices_that_split(statement, heads)
            if found is not None:
                return found
            self._follow(statement)
        return None

    def _call_that_splits(self, statement: ast.stmt) -> ExprView | None:
        for node in walk(statement):
            call = CallView(self._file, node) if isinstance(node, ast.Call) else None
            if call is None or call.target not in _SPLITS:
                continue
            if any(not self._names.isdisjoint(mentioned(one)) for one in node.args):
                return call
        return None

    def _slices_that_split(self, statement: ast.stmt, heads: list[tuple[str, str, ast.Subscript]]) -> ExprView | None:
        """`test = data[n:]` after `train = data[:n]`."""
        if not isinstance(statement, ast.Assign):
            return None
        for names, value in _pairs(statement):
            said = {word for name in names for word in words_of(name)}
            for node in walk(value):
                if not isinstance(node, ast.Subscript) or self._names.isdisjoint(mentioned(node.value)):
                    continue
                part = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
                if not isinstance(part, ast.Slice) or part.step is not None:
                    continue
                of = ast.unparse(node.value)
                if part.upper is not None and _is_start(part.lower) and not said.isdisjoint(_TRAINS):
                    heads.append((of, ast.unparse(part.upper), node))
                if part.lower is not None and not said.isdisjoint(_CHECKS):
                    lower = ast.unparse(part.lower)
                    if any(of == whole and lower.startswith(upper) for whole, upper, _ in heads):
                        return ExprView(self._file, node)
        return None

    def _follow(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            if not self._names.isdisjoint(mentioned(statement.value)):
                self._names |= roots(statement)
            else:
                whole = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                self._names -= {one.id for one in whole if isinstance(one, ast.Name)}
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._add(statement.value)

    def _add(self, call: ast.Call) -> None:
        """`windows.append(data[i : i + n])`"""
        into = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDERS else None
        if isinstance(into, ast.Name) and any(not self._names.isdisjoint(mentioned(one)) for one in call.args):
            self._names.add(into.id)


def _is_start(lower: ast.expr | None) -> bool:
    return lower is None or (isinstance(lower, ast.Constant) and lower.value == 0)


def _pairs(statement: ast.Assign) -> Iterator[tuple[list[str], ast.expr]]:
    """The names and values that stand side by side."""
    for target in statement.targets:
        if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            for one, value in zip(target.elts, statement.value.elts, strict=False):
                yield [ast.unparse(one)], value
        else:
            yield [ast.unparse(target)], statement.value
