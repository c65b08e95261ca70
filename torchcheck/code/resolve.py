"""What names and expressions mean: dotted names from outside, classes of the project, kinds of values."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING
from weakref import ref

from torchcheck.code.families import outside_derives
from torchcheck.code.infer import Inference
from torchcheck.code.kinds import Kind
from torchcheck.code.scopes import Binding, How, Imported, Scope, Tree
from torchcheck.torch_names import canonical

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

Import = Callable[[Imported], "FileView | None"]
"""The file of the project that an import means, or takes a name from; None for one outside."""

_TORCH = ("torch", "torch.nn", "torch.optim", "torch.nn.functional", "torch.autograd")
_RENAMED = frozenset({"Module"})
"""`Module` of fastai calls `super().__init__()` by itself."""
_Class = tuple["FileView", ast.ClassDef]
_DEEPEST = 12  # how far values are followed through names, calls and attributes


class Resolver:
    """Resolves the names of one file.

    Args:
        tree: of the file.
        find: finds the files that it imports from.
        conventional: what everyone means by names that a file binds nowhere: `nn`, `F`.
    """

    def __init__(self, tree: Tree, find: Import, conventional: Mapping[str, str]) -> None:
        self._conventional = conventional
        self._tree = tree
        self._find = find
        self._dotted: dict[ast.AST, str | None] = {}
        self._depth = 0
        self._inference = Inference(self, tree)

    # -- names -------------------------------------------------------------------------------------------------------

    def dotted(self, node: ast.AST, scope: Scope) -> str | None:
        """The dotted name of something outside the project; None for a name of the file or the project."""
        if node not in self._dotted:
            self._dotted[node] = self._find_dotted(node, scope)
        return self._dotted[node]

    def _find_dotted(self, node: ast.AST, scope: Scope) -> str | None:
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value, scope)
            return canonical(f"{base}.{node.attr}") if base is not None else None
        if not isinstance(node, ast.Name):
            return None
        found = scope.find(node.id)
        if found is None:
            return self._unbound(node.id)
        where, bindings = found
        imports = {b.imported for b in bindings if b.imported is not None}
        others = [b for b in bindings if b.imported is None and not _is_fallback(b)]
        if len(imports) == 1 and not others:
            return self._imported(next(iter(imports)))
        if not imports and len(bindings) == 1 and bindings[0].how is How.VALUE and not bindings[0].path:
            value = bindings[0].node  # an alias: `relu = torch.relu`
            if isinstance(value, ast.Attribute | ast.Name) and self._depth < _DEEPEST:
                self._depth += 1
                try:
                    return self.dotted(value, where)
                finally:
                    self._depth -= 1
        return None

    def _unbound(self, name: str) -> str | None:
        if name in self._conventional and not self._bound_by_star(name) and not self._may_be_renamed(name):
            return self._conventional[name]
        if hasattr(builtins, name):
            return f"builtins.{name}"
        for star in self._tree.stars:
            if star.module in _TORCH:
                return canonical(f"{star.module}.{name}") if name[:1].isupper() or star.module != "torch" else None
        return None

    def _may_be_renamed(self, name: str, seen: set[Resolver] | None = None) -> bool:
        """Whether a star import of a library may bind a name that libraries use for a class of their own."""
        if name not in _RENAMED:
            return False
        seen = set() if seen is None else seen
        seen.add(self)
        if self._tree.is_index:
            return True
        for star in self._tree.stars:
            file = self._find(star)
            if file is None:
                if star.module not in _TORCH:
                    return True
                continue
            if name in file.tree.scope.bindings or file.resolver in seen:
                continue
            if file.resolver._may_be_renamed(name, seen):
                return True
        return False

    def _bound_by_star(self, name: str, seen: set[Resolver] | None = None) -> bool:
        """Whether a star import of the project brings in a name that means something else there."""
        seen = set() if seen is None else seen
        seen.add(self)
        if self._tree.is_index:
            return True
        for star in self._tree.stars:
            file = self._find(star)
            if file is None or file.resolver in seen:
                continue
            if name in file.tree.scope.bindings:
                return file.resolver.dotted_global(name) != self._conventional[name]
            if file.resolver._bound_by_star(name, seen):
                return True
        return False

    def _imported(self, imported: Imported) -> str | None:
        file = self._find(imported)
        if file is not None and imported.name is not None:  # re-exported from a file of the project
            if self._depth > _DEEPEST:
                return None
            bindings = file.tree.scope.bindings.get(imported.name)
            if not bindings or any(b.imported is None for b in bindings):
                return None
            return file.resolver.dotted_global(imported.name)
        if file is not None or imported.level:
            return None
        whole = f"{imported.module}.{imported.name}" if imported.name is not None else imported.module
        return canonical(whole)

    def dotted_global(self, name: str) -> str | None:
        """The dotted name that a name of the top level means."""
        self._depth += 1
        try:
            return self._find_dotted(ast.Name(name, ast.Load()), self._tree.scope)
        finally:
            self._depth -= 1

    def single_value(self, node: ast.AST, scope: Scope) -> ast.expr | None:
        """The value of the only assignment to a name."""
        if not isinstance(node, ast.Name):
            return None
        found = scope.find(node.id)
        if found is None or len(found[1]) != 1:
            return None
        binding = found[1][0]
        if binding.how is How.VALUE and not binding.path and isinstance(binding.node, ast.expr):
            return binding.node
        return None

    def imported_files(self) -> list[FileView]:
        """The files of the project that this one imports, and those that they import in turn; itself left out."""
        found: list[FileView] = []
        waiting: list[Resolver] = [self]
        while waiting and len(found) < 50:
            resolver = waiting.pop(0)
            for imported in resolver._imports():
                file = resolver._find(imported)
                if file is not None and file is not self.file and file not in found:
                    found.append(file)
                    waiting.append(file.resolver)
        return found

    def _imports(self) -> Iterator[Imported]:
        yield from self._tree.stars
        for bindings in self._tree.every_binding():
            yield from (b.imported for b in bindings if b.imported is not None)

    # -- classes -----------------------------------------------------------------------------------------------------

    def class_of_name(self, node: ast.AST, scope: Scope) -> _Class | None:
        """The class of the project that an expression names."""
        if isinstance(node, ast.Name):
            found = scope.find(node.id)
            if found is None:
                return self._class_from_stars(node.id, set())
            return self._class_of_bindings(found[1], set())
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = scope.find(node.value.id)
            imports = [b.imported for b in found[1]] if found else []
            if len(imports) == 1 and imports[0] is not None:
                one = imports[0]
                inner = Imported(".".join(filter(None, (one.module, one.name))), one.level, node.attr)
                file = self._find(inner)
                return file.resolver.global_class(node.attr) if file is not None else None
        return None

    def function_of_name(self, node: ast.AST, scope: Scope) -> tuple[FileView, ast.FunctionDef] | None:
        """The function of the project that a plain name means."""
        found = scope.find(node.id) if isinstance(node, ast.Name) else None
        if found is None or len(found[1]) != 1:
            return None
        (binding,) = found[1]
        if binding.how is How.FUNCTION and isinstance(binding.node, ast.FunctionDef):
            return self.file, binding.node
        name = binding.imported.name if binding.imported is not None else None
        file = self._find(binding.imported) if binding.imported is not None else None
        if name is None or file is None or file.resolver is self or self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            return file.resolver.function_of_name(ast.Name(name, ast.Load()), file.tree.scope)
        finally:
            self._depth -= 1

    def global_class(self, name: str, seen: set[tuple[Resolver, str]] | None = None) -> _Class | None:
        """The class that a name of the top level means. Files that were `seen` on the way are not asked again."""
        seen = set() if seen is None else seen
        if (self, name) in seen:
            return None
        seen.add((self, name))
        bindings = self._tree.scope.bindings.get(name)
        if not bindings:
            return self._class_from_stars(name, seen)
        return self._class_of_bindings(bindings, seen)

    def _class_of_bindings(self, bindings: list[Binding], seen: set[tuple[Resolver, str]]) -> _Class | None:
        if len(bindings) != 1:
            return None
        (binding,) = bindings
        if binding.how is How.CLASS and isinstance(binding.node, ast.ClassDef):
            return self.file, binding.node
        if binding.imported is not None and binding.imported.name is not None:
            file = self._find(binding.imported)
            return file.resolver.global_class(binding.imported.name, seen) if file is not None else None
        return None

    def _class_from_stars(self, name: str, seen: set[tuple[Resolver, str]]) -> _Class | None:
        for star in () if self._tree.is_index else self._tree.stars:
            file = self._find(star)
            found = file.resolver.global_class(name, seen) if file is not None else None
            if found is not None:
                return found
        return None

    @property
    def file(self) -> FileView:
        """The view of the file."""
        file = self._file()
        assert file is not None, "whoever asks a resolver holds its file"
        return file

    def serve(self, file: FileView) -> None:
        """Resolve for this view."""
        self._file = ref(file)

    def derives(self, node: ast.ClassDef, scope: Scope, ancestor: str) -> bool | None:
        """Whether a class derives from something outside, by its dotted name; None where a base isn't known."""
        answers = [self._base_derives(base, scope, ancestor) for base in node.bases]
        if True in answers:
            return True
        return None if None in answers or any(k.arg is None for k in node.keywords) else False

    def _base_derives(self, base: ast.expr, scope: Scope, ancestor: str) -> bool | None:
        target = base.value if isinstance(base, ast.Subscript) else base  # Generic[T]
        name = self.dotted(target, scope)
        if name is not None:
            return outside_derives(name, ancestor)
        found = self.class_of_name(target, scope)
        if found is None or self._depth > _DEEPEST:
            return None
        file, definition = found
        self._depth += 1
        try:
            return file.resolver.derives(definition, file.tree.scope_of(definition), ancestor)
        finally:
            self._depth -= 1

    def lineage(self, file: FileView, node: ast.ClassDef) -> list[tuple[FileView, ast.ClassDef]]:
        """A class and those of the project that it derives from, nearest first."""
        order: list[tuple[FileView, ast.ClassDef]] = []
        waiting = [(file, node)]
        while waiting and len(order) < 50:
            current = waiting.pop(0)
            if any(current[1] is known for _, known in order):
                continue
            order.append(current)
            where, definition = current
            scope = where.tree.scope_of(definition)
            for base in definition.bases:
                found = where.resolver.class_of_name(base.value if isinstance(base, ast.Subscript) else base, scope)
                if found is not None:
                    waiting.append(found)
        return order

    def has_unknown_base(self, node: ast.ClassDef, scope: Scope) -> bool:
        """Whether some ancestor is neither of the project nor something that is known from outside."""
        for file, definition in self.lineage(self.file, node):
            where = file.tree.scope_of(definition)
            for base in definition.bases:
                target = base.value if isinstance(base, ast.Subscript) else base
                name = file.resolver.dotted(target, where)
                known = name is not None and outside_derives(name, "torch.nn.Module") is not None
                if not known and file.resolver.class_of_name(target, where) is None:
                    return True
        return False

    def is_part_of_a_batch(self, node: ast.AST, scope: Scope) -> bool:
        """Whether a name, or `batch["x"]`, stands for one of several parts of what a loop takes from a data loader."""
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            found = scope.find(node.value.id)
            whole = found is not None and all(self._inference.is_a_batch(b, found[0]) for b in found[1])
            return whole and isinstance(key, str)
        found = scope.find(node.id) if isinstance(node, ast.Name) else None
        return found is not None and all(self._inference.is_part_of_a_batch(b, found[0]) for b in found[1])

    # -- values ------------------------------------------------------------------------------------------------------

    def kind(self, node: ast.AST, scope: Scope) -> Kind:
        """What kind of thing an expression gives."""
        return self._inference.kind(node, scope)


def _is_fallback(binding: Binding) -> bool:
    """`name = None` beside an import: what is left where the import failed."""
    return isinstance(binding.node, ast.Constant) and binding.node.value is None
