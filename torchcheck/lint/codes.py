"""The views of a project's files, made from what `ast` parsed."""

from __future__ import annotations

import ast
from collections import OrderedDict, defaultdict
from functools import partial

from torchcheck.code.file import FileView
from torchcheck.code.resolve import Resolver
from torchcheck.code.scopes import Imported, Tree
from torchcheck.lint.project import Project
from torchcheck.lint.source import SourceFile, Unreadable
from torchcheck.lint.torch_tables import EVERYBODYS
from torchcheck.patterns import pattern

_MATTERS = pattern(r"torch|\bnn\.|optim|\bloss|grad|state_dict|lightning|timm|transformers")
"""Without any of these a text holds nothing that a rule judges."""
_KEPT = 2_000_000
"""Characters of source text whose views are remembered: a tree takes up to a hundred times as much memory."""


class Codes:
    """Makes the view of each file once, and of those that it imports from."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._views: OrderedDict[str, FileView | None] = OrderedDict()
        self._forgotten: list[FileView] = []
        self._size = 0
        self._imports: dict[str, dict[tuple[str, int], str | None]] = defaultdict(dict)

    def view(self, file: SourceFile, key: str) -> FileView | None:
        """The view of a file to report on; None where it holds nothing to judge."""
        if file.tree is None or _MATTERS.search(file.text) is None:
            return None
        if key not in self._views:
            self._keep(key, self._make(file, key, file.tree))
        return self._views[key]

    def known_tree(self, file: SourceFile, key: str) -> ast.Module | None:
        """The tree of a file that another one has imported."""
        view = self._views.get(key)
        return view.tree.module if view is not None and view.text == file.text else None

    def rest(self) -> None:
        """Let go of all but trees and what was found out about them; of forgotten views, of everything."""
        for view in (*self._views.values(), *self._forgotten):
            if view is not None:
                view.rest()
        self._forgotten.clear()

    def recall(self, key: str) -> None:
        """Ask the project once more for all that is known of a file's imports, and of theirs.

        A view remembers what it has found out, for whichever file: this one's result depends on that, too.
        """
        waiting, seen = [key], {key}
        while waiting:
            importer = waiting.pop()
            for (module, level), path in self._imports.get(importer, {}).items():
                self._project.find(importer, module, level)
                if path is not None and path not in seen:
                    seen.add(path)
                    self._project.depend(path)
                    waiting.append(path)

    def _make(self, file: SourceFile, key: str, module: ast.Module) -> FileView:
        tree = Tree(module)

        def find(imported: Imported) -> FileView | None:
            path = self._project.find(key, imported.module, imported.level)
            self._imports[key][imported.module, imported.level] = path
            return self._imported(path) if path is not None and path != key else None

        resolver = Resolver(tree, find, EVERYBODYS)
        view = FileView(file.name, file.text, tree, resolver, file.located, file.displayed)
        view.neighbours = partial(self._project.neighbours, key)
        return view

    def _imported(self, key: str) -> FileView | None:
        if key not in self._views:
            file = self._project.load(key)
            self._keep(key, None)
            if file is not None:
                try:
                    module = file.tree if file.tree is not None else file.look()
                except Unreadable:
                    module = None
                if module is not None:
                    self._keep(key, self._make(file, key, module))
        self._views.move_to_end(key)
        return self._views[key]

    def _keep(self, key: str, view: FileView | None) -> None:
        self._forget(key)
        self._views[key] = view
        self._size += len(view.text) if view is not None else 0
        while self._size > _KEPT and len(self._views) > 1:
            self._forget(next(iter(self._views)))

    def _forget(self, key: str) -> None:
        view = self._views.pop(key, None)
        if view is not None:
            self._size -= len(view.text)
            self._forgotten.append(view)  # others may still hold it, and it what was asked of it
