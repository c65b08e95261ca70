"""Which loops run over a name, and what those loops do."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from torchcheck.code.walk import walk
from torchcheck.code.words import words_of
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.code.file import FileView
    from torchcheck.code.nodes import ExprView

_PASSES_ON = frozenset({"enumerate", "tqdm", "iter", "zip", "islice", "cycle", "track", "prepare"})
_STEPS = frozenset({"fit", "optimize", "learn"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef
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
    found = [node for node in _loops_in(file.tree.of_type(ast.For, ast.AsyncFor)) if _iterated(node.iter) == name]
    handed = list(_parameters_for(file, name, [call.node for call in file.calls]))
    seen: set[tuple[int, str]] = set()
    while handed:  # another function may have a parameter of that name, and be handed something else
        function, parameter = handed.pop()
        if (id(function), parameter) in seen:
            continue
        seen.add((id(function), parameter))
        inside = list(walk(function))
        found += [n for n in _loops_in(inside) if n not in found and _iterated(n.iter) == parameter]
        handed += _parameters_for(file, parameter, [n for n in inside if isinstance(n, ast.Call)])
    return [Loop(node, _trains(file, node.body)) for node in found]


def _loops_in(nodes: Iterable[ast.AST]) -> list[ast.For | ast.AsyncFor]:
    return [node for node in nodes if isinstance(node, ast.For | ast.AsyncFor)]


def _iterated(node: ast.expr) -> str | None:
    while isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in _PASSES_ON:
            return None
        node = node.args[0]
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _functions(file: FileView, call: ast.Call) -> list[_Function]:
    """The functions and methods of the file that a call by this name may reach."""
    name = call.func.id if isinstance(call.func, ast.Name) else None
    if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "self":
        name = call.func.attr
    return [view.node for view in file.functions if name is not None and view.name == name]


def _parameters_for(file: FileView, name: str, calls: Sequence[ast.Call]) -> Iterator[tuple[_Function, str]]:
    """The functions of the file that calls hand a name to, and the parameter that it becomes there."""
    for call in calls:
        given = [*enumerate(call.args), *((k.arg, k.value) for k in call.keywords)]
        for key, value in given:
            last = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", None)
            if last != name:
                continue
            for function in _functions(file, call):
                parameters = [a.arg for a in function.args.args]
                shift = 1 if isinstance(call.func, ast.Attribute) else 0
                if isinstance(key, int) and key + shift < len(parameters):
                    yield function, parameters[key + shift]
                elif isinstance(key, str):
                    yield function, key


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
