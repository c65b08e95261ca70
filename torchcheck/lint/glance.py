"""The first look at a file, with `ast`: what it imports, what it defines, and which of it can matter.

A definition matters when it names a loss, an optimizer or a backward, or uses a definition that does. All else need
never be interpreted, except to learn the meaning of what is imported from it. The look takes in
too much rather than too little: it goes by identifiers alone.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from sys import intern
from typing import Any

from torchcheck.code.walk import walk
from torchcheck.lint.source import SourceFile, Unreadable
from torchcheck.records import frozen, record
from torchcheck.torch_names import MARKS, STATES

TOP_LEVEL = "<module>"


@frozen
class Imported:
    """`from module import name` (name None: the module itself), with its leading dots."""

    module: str
    level: int
    name: str | None


@record
class Glance:
    """What the first look saw.

    Attributes:
        bound: what each imported name stands for.
        stars: modules imported with a star.
        uses: the identifiers that each top-level definition mentions, and `.state_dict` where that is an attribute;
            other statements count as `<module>`.
        methods: the same for each method of a class.
        writes: the attributes that each method sets, by `Class.method`.
        definitions: the functions and classes at top level, by name.
    """

    bound: dict[str, Imported] = field(default_factory=dict)
    stars: list[Imported] = field(default_factory=list)
    uses: dict[str, set[str]] = field(default_factory=dict)
    methods: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    writes: dict[str, set[str]] = field(default_factory=dict)
    definitions: set[str] = field(default_factory=set)

    def naming(self, marks: frozenset[str]) -> set[str]:
        """The definitions that name one of these themselves."""
        return {name for name, used in self.uses.items() if not used.isdisjoint(marks)}

    def to_json(self) -> dict[str, Any]:
        return {
            "bound": {name: [i.module, i.level, i.name] for name, i in self.bound.items()},
            "stars": [[i.module, i.level, i.name] for i in self.stars],
            "uses": {name: sorted(used) for name, used in self.uses.items()},
            "methods": {
                cls: {name: sorted(used) for name, used in methods.items()} for cls, methods in self.methods.items()
            },
            "writes": {name: sorted(written) for name, written in self.writes.items() if written},
            "definitions": sorted(self.definitions),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Glance:
        """What `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            {name: Imported(*imported) for name, imported in data["bound"].items()},
            [Imported(*imported) for imported in data["stars"]],
            {name: set(map(intern, used)) for name, used in data["uses"].items()},
            {
                owner: {name: set(map(intern, used)) for name, used in methods.items()}
                for owner, methods in data["methods"].items()
            },
            {name: set(map(intern, written)) for name, written in data["writes"].items()},
            set(data["definitions"]),
        )


def look_at(file: SourceFile) -> Glance | None:
    """Look at a file; None where it is not Python."""
    try:
        return glance(file.look())
    except Unreadable:
        return None


def glance(tree: ast.Module) -> Glance:
    """What a syntax tree shows."""
    seen = Glance()
    for statement in tree.body:
        used: set[str] = set()
        if isinstance(statement, ast.ClassDef):
            _of_class(statement, seen, used)
        else:
            _collect(statement, seen, used, set())
        for name in _defines(statement, seen):
            seen.uses.setdefault(name, set()).update(used)
    return seen


def _of_class(definition: ast.ClassDef, seen: Glance, used: set[str]) -> None:
    methods = seen.methods.setdefault(definition.name, {})
    for part in (*definition.bases, *definition.keywords, *definition.decorator_list, *definition.body):
        written: set[str] = set()
        mentioned: set[str] = set()
        _collect(part, seen, mentioned, written)
        used |= mentioned
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            methods.setdefault(part.name, set()).update(mentioned)
            seen.writes.setdefault(f"{definition.name}.{part.name}", set()).update(written)


def _defines(statement: ast.stmt, seen: Glance) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        seen.definitions.add(statement.name)
        return [statement.name]
    names = [TOP_LEVEL]
    if isinstance(statement, ast.Assign):
        names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return names


def _collect(root: ast.AST, seen: Glance, used: set[str], written: set[str]) -> None:
    """Add the identifiers in a piece of code to `used`, and the attributes that it sets to `written`."""
    for node in walk(root):
        kind = node.__class__
        if kind is ast.Name:
            used.add(node.id)
        elif kind is ast.Attribute:
            used.add(node.attr)
            if node.attr in STATES:
                used.add(f".{node.attr}")
            if node.ctx.__class__ is ast.Store:
                written.add(node.attr)
        elif kind is ast.Constant:
            if node.value.__class__ is str and node.value in MARKS:
                used.add(node.value)
        elif kind is ast.ImportFrom:
            _import_from(node, seen, used)
        elif kind is ast.Import:
            _import(node, seen)


def _import(node: ast.Import, seen: Glance) -> None:
    for alias in node.names:
        bound = alias.asname or alias.name.partition(".")[0]
        seen.bound[bound] = Imported(alias.name if alias.asname else bound, 0, None)
        if not alias.asname and "." in alias.name:  # `import a.b` makes a.b known too
            seen.stars.append(Imported(alias.name, 0, None))


def _import_from(node: ast.ImportFrom, seen: Glance, used: set[str]) -> None:
    module = node.module or ""
    for alias in node.names:
        if alias.name == "*":
            seen.stars.append(Imported(module, node.level, None))
        else:
            seen.bound[alias.asname or alias.name] = Imported(module, node.level, alias.name)
            if alias.name in MARKS:  # bound under another name perhaps
                used.add(alias.name)
