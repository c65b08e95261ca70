"""Which loops run over a name, and what those loops do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.walk import walk
from torchcheck.code.words import words_of
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.code.file import FileView
    from torchcheck.code.nodes import ExprView

_PASSES_ON = frozenset({"enumerate", "tqdm", "iter", "zip", "islice", "cycle", "track", "prepare"})
_STEPS = frozenset({"fit", "optimize", "learn"})
_DEEPEST = 4  # how many functions deep a backward is looked for


@frozen
class Loop:
    """A loop over the items of something.

    Attributes:
        node: the loop.
        trains: it runs a backward and steps, itself or in a function of the file that it calls.
    """

    node: ast.For | ast.AsyncFor
    trains: bool


def loops_over(view: ExprView) -> list[Loop]:
    """The loops over a name or attribute, and over the parameters of the file's functions that it is handed to."""
    file, name = view.file, view.attribute or view.identifier
    if name is None:
        return []
    names = {name} | set(_parameters_for(file, name))
    return [
        Loop(node, _trains(file, node.body))
        for node in file.tree.of_type(ast.For, ast.AsyncFor)
        if isinstance(node, ast.For | ast.AsyncFor) and _iterated(node.iter) in names
    ]


def _iterated(node: ast.expr) -> str | None:
    while isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in _PASSES_ON:
            return None
        node = node.args[0]
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _functions(file: FileView, call: ast.Call) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions and methods of the file that a call by this name may reach."""
    name = call.func.id if isinstance(call.func, ast.Name) else None
    if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "self":
        name = call.func.attr
    return [view.node for view in file.functions if name is not None and view.name == name]


def _parameters_for(file: FileView, name: str) -> Iterator[str]:
    for call in file.calls:
        given = [*enumerate(call.node.args), *((k.arg, k.value) for k in call.node.keywords)]
        for key, value in given:
            last = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", None)
            if last != name:
                continue
            for function in _functions(file, call.node):
                parameters = [a.arg for a in function.args.args]
                shift = 1 if isinstance(call.node.func, ast.Attribute) else 0
                if isinstance(key, int) and key + shift < len(parameters):
                    yield parameters[key + shift]
                elif isinstance(key, str):
                    yield key


def _trains(file: FileView, body: list[ast.stmt]) -> bool:
    """Whether gradients are computed and used: a backward alone may be an attack, or a look at saliency."""
    called = set(_called(file, body, 0))
    if {"backward", "step"} <= called:
        return True
    return any(not _STEPS.isdisjoint(words_of(name)) or {"train", "step"} <= set(words_of(name)) for name in called)


def _called(file: FileView, body: list[ast.stmt], depth: int) -> Iterator[str]:
    """The last names of what is called, here and in functions of the file."""
    calls = [node for statement in body for node in walk(statement) if isinstance(node, ast.Call)]
    for call in calls:
        yield call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if depth < _DEEPEST:
            for function in _functions(file, call):
                yield from _called(file, function.body, depth + 1)
