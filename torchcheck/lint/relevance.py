"""Which definitions can give a fact: those that name a loss, an optimizer or a gradient, and those that use them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from torchcheck.lint.glance import TOP_LEVEL, Glance, Imported, look_at
from torchcheck.lint.project import Project
from torchcheck.lint.source import SourceFile
from torchcheck.lint.strangers import strangers
from torchcheck.lint.units import Node, Unit, ordered_units
from torchcheck.torch_names import LOCAL_MARKS, MARKS, MODEL_USES

Definition = tuple[str, str]
"""A file and a top-level name in it."""


class Relevance:
    """The definitions of a project and which of them use which, by identifiers alone.

    Args:
        project: what imports are looked up in.
        look: how a file that is imported is looked at.
    """

    def __init__(self, project: Project, look: Callable[[SourceFile], Glance | None] = look_at) -> None:
        self._project = project
        self._look = look
        self._glances: dict[str, Glance] = {}

    def add(self, key: str, seen: Glance) -> None:
        """A file to report on."""
        self._glances[key] = seen

    def units(self, keys: Iterable[str]) -> list[Unit]:
        """The files that can matter, in units of those that use one another; those that use others come first."""
        keys = list(keys)
        foreign = strangers({key: self._glances[key] for key in keys if key in self._glances}, self._project.find)
        keys = [key for key in keys if key not in foreign]
        if not keys:
            return []
        users = self._users()
        active = self._active(users)
        by_file: dict[str, set[str]] = defaultdict(set)
        for key, name in active:
            by_file[key].add(name)
        self._add_methods(by_file)
        wanted: dict[str, set[str]] = {key: by_file[key] for key in keys if key in by_file}
        return ordered_units(wanted, self._graph(users, active))

    def _active(self, users: Mapping[Definition, list[Definition]]) -> set[Definition]:
        """The definitions that name a loss, an optimizer or a gradient, and those that use one of them.

        What a softmax is applied to, or which weight is frozen, shows there. Of its users only the programs add to
        that: the functions that build each model of a zoo would be interpreted for nothing. So it is with what is done
        to a whole model.
        """
        local = self._naming(LOCAL_MARKS)
        used = self._closure(users, local | self._naming(MODEL_USES))
        programs = {user for user in used if user[1] == TOP_LEVEL}
        return self._closure(users, self._naming(MARKS - LOCAL_MARKS)) | local | programs

    def _naming(self, marks: frozenset[str]) -> set[Definition]:
        return {(key, name) for key, seen in self._glances.items() for name in seen.naming(marks)}

    def _closure(self, users: Mapping[Definition, list[Definition]], start: set[Definition]) -> set[Definition]:
        """Definitions and all that use them, directly or not."""
        waiting, found = list(start), set(start)
        while waiting:
            for user in users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    def _graph(self, users: Mapping[Definition, list[Definition]], active: set[Definition]) -> dict[Node, list[Node]]:
        """Which files use which: a name that is only handed on stands for itself, and ties no files together."""
        graph: dict[Node, set[Node]] = {self._node(*definition): set() for definition in active}
        for used, by in users.items():
            if used in active:
                below = self._node(*used)
                for user in by:
                    above = self._node(*user)
                    if above != below and above in graph:
                        graph[above].add(below)
        return {node: sorted(graph[node], key=str) for node in sorted(graph, key=str)}

    def _node(self, key: str, name: str) -> Node:
        return key if name == TOP_LEVEL or name in self._glances[key].definitions else (key, name)

    def _add_methods(self, by_file: dict[str, set[str]]) -> None:
        """Add the methods that can matter: those that name what matters, a method that does, or what one has set."""
        waiting = [
            (key, f"{cls}.{name}", name, used - {cls})
            for key, seen in self._glances.items()
            for cls, methods in seen.methods.items()
            if cls in by_file.get(key, ())
            for name, used in methods.items()
        ]
        called: set[str] = set()
        while True:
            found = [entry for entry in waiting if not entry[3].isdisjoint(MARKS | called | by_file[entry[0]])]
            if not found:
                return
            taken = {(key, whole) for key, whole, _, _ in found}
            waiting = [entry for entry in waiting if (entry[0], entry[1]) not in taken]
            for key, whole, name, _ in found:
                by_file[key].add(whole)
                called.add(name)
                called |= self._glances[key].writes.get(whole, set())

    def _users(self) -> dict[Definition, list[Definition]]:
        """Who uses a definition. Files that are imported on the way are looked at too."""
        users: dict[Definition, list[Definition]] = defaultdict(list)
        waiting = list(self._glances)
        while waiting:
            key = waiting.pop()
            before = set(self._glances)
            seen = self._glances[key]
            for name, used in seen.uses.items():
                for target in self._targets(key, seen, used):
                    users[target].append((key, name))
            for bound, imported in seen.bound.items():  # re-exported: whoever imports it from here uses it there
                for target in self._imported(key, imported, set()):
                    users[target].append((key, bound))
            for star in seen.stars:
                for target in self._star(key, star):
                    users[target].append((key, target[1]))
            waiting += sorted(set(self._glances) - before)
        return users

    def _targets(self, key: str, seen: Glance, used: set[str]) -> Iterator[Definition]:
        for identifier in used:
            if identifier in seen.uses and identifier != TOP_LEVEL:
                yield (key, identifier)
            imported = seen.bound.get(identifier)
            if imported is not None:
                yield (key, identifier)
                yield from self._imported(key, imported, used)
        for star in seen.stars:
            yield from (target for target in self._star(key, star) if target[1] in used)

    def _imported(self, key: str, imported: Imported, used: set[str]) -> Iterator[Definition]:
        """What an import makes available: one name, or of a module the names that are used."""
        find = self._project.find
        path = find(key, imported.module, imported.level)
        if imported.name is None:
            if path is not None and path != key:
                yield from self._of_module(path, used)
            return
        if path is not None and path != key and self._known(path):
            yield (path, imported.name)
        dotted = f"{imported.module}.{imported.name}" if imported.module else imported.name
        submodule = find(key, dotted, imported.level)
        if submodule is not None and submodule != key:
            yield from self._of_module(submodule, used)

    def _of_module(self, path: str, used: set[str]) -> Iterator[Definition]:
        if self._known(path):
            seen = self._glances[path]
            yield from ((path, name) for name in used if name in seen.uses or name in seen.bound)

    def _star(self, key: str, star: Imported) -> Iterator[Definition]:
        path = self._project.find(key, star.module, star.level)
        if path is not None and path != key and self._known(path):
            seen = self._glances[path]
            yield from ((path, name) for name in (*seen.uses, *seen.bound) if name != TOP_LEVEL)

    def _known(self, path: str) -> bool:
        """Whether a file of the project could be looked at; it is now."""
        if path not in self._glances:
            file = self._project.load(path)
            if file is None:
                return False
            seen = self._look(file)
            if seen is None:
                return False
            self._glances[path] = seen
        return True
