"""Where a module keeps layers and parameters that it doesn't register."""

from __future__ import annotations

import ast
import os
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from torchcheck.finding import Position, Span
from torchcheck.probe.frames import is_user_file
from torchcheck.probe.graph import leaves
from torchcheck.probe.source import parsed

_OWN = frozenset(nn.Module().__dict__)
_DEPTH = 3


@dataclass(frozen=True)
class Held:
    """An attribute that holds something: see `facts.hidden.HiddenPart`."""

    module: nn.Module
    attribute: str
    container: str
    layers: bool
    computed: bool
    single: bool


def find_holder(parameter: Tensor, modules: Iterable[nn.Module]) -> Held | None:
    """The attribute of a module through which a parameter is reached that none of them registers."""
    for module in modules:
        for attribute, value in vars(module).items():
            if attribute in _OWN:
                continue
            if isinstance(value, Tensor):
                computed = value is not parameter and _comes_from(value, parameter)
                if computed or value is parameter:
                    return Held(module, attribute, "", layers=False, computed=computed, single=False)
            elif not isinstance(value, nn.Module):
                found = _within(value, parameter, _DEPTH)
                if found is not None:
                    single = isinstance(value, (list, tuple, set, dict)) and len(value) == 1
                    kind = type(value).__name__
                    layers = isinstance(found, nn.Module)
                    return Held(module, attribute, kind, layers=layers, computed=False, single=single)
    return None


def find_computed(modules: Iterable[nn.Module], registered: Container[int]) -> Held | None:
    """An attribute that was computed from a parameter which nobody keeps: a graph of its own, built once."""
    for module in modules:
        for attribute, value in vars(module).items():
            if attribute not in _OWN and isinstance(value, Tensor) and value.grad_fn is not None:
                made_from = leaves(value)
                if made_from and not any(id(leaf) in registered for leaf in made_from):
                    return Held(module, attribute, "", layers=False, computed=True, single=False)
    return None


def _comes_from(value: Tensor, parameter: Tensor) -> bool:
    return value.grad_fn is not None and any(leaf is parameter for leaf in leaves(value))


def _within(value: object, parameter: Tensor, depth: int) -> nn.Module | Tensor | None:
    """The module that registers a parameter, or the parameter itself, inside of a collection or a plain object."""
    if value is parameter:
        return parameter
    if isinstance(value, nn.Module):
        inside = value.parameters()
        return value if any(p is parameter for p in inside) else None
    for item in _items(value) if depth else ():
        found = _within(item, parameter, depth - 1)
        if found is not None:
            return found
    return None


def _items(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from list(value.values())[:1000]
    elif isinstance(value, (list, tuple, set)):
        yield from list(value)[:1000]
    elif _is_users_own(type(value)):
        yield from list(vars(value).values())[:100]


def _is_users_own(kind: type) -> bool:
    """Whether it is a class of the user's program, which may hold layers without being a module."""
    code = getattr(vars(kind).get("__init__"), "__code__", None)
    return code is not None and is_user_file(code.co_filename)


def assigned_at(module: nn.Module, attribute: str) -> Span | None:
    """Where a class, or one of its bases, assigns `self.attribute` first; None where that is not found."""
    for kind in type(module).__mro__:
        code = getattr(vars(kind).get("__init__"), "__code__", None)
        if code is None or not is_user_file(code.co_filename):
            continue
        filename = code.co_filename if code.co_filename.startswith("<") else os.path.abspath(code.co_filename)
        tree = parsed(filename)
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
                found = next((target for target in _targets(node) if target.attr == attribute), None)
                if found is not None:
                    return Span(
                        filename,
                        Position(found.lineno, found.col_offset + 1),
                        Position(found.end_lineno or found.lineno, (found.end_col_offset or found.col_offset) + 1),
                    )
    return None


def _targets(node: ast.ClassDef) -> Iterator[ast.Attribute]:
    for inner in ast.walk(node):
        targets = inner.targets if isinstance(inner, ast.Assign) else [getattr(inner, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                yield target
