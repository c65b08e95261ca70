"""The kind of each value, followed through names, attributes and calls, whatever the order of the statements."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from weakref import proxy

from torchcheck.code import kinds
from torchcheck.code.families import FAMILIES, instance_of
from torchcheck.code.kinds import Kind
from torchcheck.code.scopes import Binding, How, Scope, Tree

if TYPE_CHECKING:
    from torchcheck.code.file import FileView
    from torchcheck.code.resolve import Resolver

_DEEPEST = 12  # how far values are followed through names, calls and attributes


class Inference:
    """Infers the kinds of the values of one file."""

    def __init__(self, resolver: Resolver, tree: Tree) -> None:
        self._resolver: Resolver = proxy(resolver)  # no cycle: trees are large, and gone with the last reference
        self._tree = tree
        self._kinds: dict[ast.AST, Kind] = {}
        self._depth = 0
        self._known_attributes: dict[ast.AST, dict[str, Kind]] = {}

    def kind(self, node: ast.AST, scope: Scope) -> Kind:
        """What kind of thing an expression gives."""
        if node in self._kinds:
            return self._kinds[node]
        if self._depth > _DEEPEST:
            return Kind.UNKNOWN
        self._kinds[node] = Kind.UNKNOWN  # what depends on itself is not known
        self._depth += 1
        try:
            kind = self._kinds[node] = self._find_kind(node, scope)
        finally:
            self._depth -= 1
        return kind

    def _find_kind(self, node: ast.AST, scope: Scope) -> Kind:
        if isinstance(node, ast.Name):
            found = scope.find(node.id)
            return _agreed(self._kind_of_binding(b, found[0]) for b in found[1]) if found is not None else Kind.UNKNOWN
        if isinstance(node, ast.Call):
            return self._kind_of_call(node, scope)
        if isinstance(node, ast.Attribute):
            return self._kind_of_attribute(node, scope)
        if isinstance(node, ast.BinOp):
            sides = {self.kind(node.left, scope), self.kind(node.right, scope)}
            return Kind.TENSOR if any(side.is_tensor for side in sides) else Kind.UNKNOWN
        if isinstance(node, ast.UnaryOp):
            kind = self.kind(node.operand, scope)
            return Kind.TENSOR if kind.is_tensor else Kind.UNKNOWN
        if isinstance(node, ast.Compare):
            return Kind.TENSOR if self.kind(node.left, scope).is_tensor else Kind.UNKNOWN
        if isinstance(node, ast.Subscript):
            base = self.kind(node.value, scope)
            return Kind.TENSOR if base.is_tensor else Kind.MODULE if base is Kind.MODULE else Kind.UNKNOWN
        if isinstance(node, ast.IfExp):
            return _agreed([self.kind(node.body, scope), self.kind(node.orelse, scope)])
        if isinstance(node, ast.NamedExpr):
            return self.kind(node.value, scope)
        if isinstance(node, ast.Constant) and node.value is None:
            return Kind.NONE
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.Dict | ast.List | ast.Tuple | ast.Set | ast.Lambda):
            return Kind.OTHER
        return Kind.UNKNOWN

    def _kind_of_binding(self, binding: Binding, scope: Scope) -> Kind:
        node = binding.node
        if binding.how is How.VALUE and isinstance(node, ast.expr):
            if not binding.path:
                return self.kind(node, scope)
            return self._kind_of_part(node, binding.path, scope)
        if binding.how is How.ITEM and isinstance(node, ast.expr):
            return self._kind_of_item(node, binding.path, scope)
        if binding.how is How.PARAMETER and isinstance(node, ast.arg):
            return self._annotated(node.annotation, scope)
        if binding.how is How.OTHER and isinstance(node, ast.AugAssign):
            return self.kind(node.value, scope) if self.kind(node.value, scope).is_tensor else Kind.UNKNOWN
        return Kind.UNKNOWN

    def _annotated(self, annotation: ast.expr | None, scope: Scope) -> Kind:
        if annotation is None:
            return Kind.UNKNOWN
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except (SyntaxError, ValueError):
                return Kind.UNKNOWN
        outer = scope.outer if scope.outer is not None else scope
        name = self._resolver.dotted(annotation, outer)
        if name is not None:
            return kinds.ANNOTATIONS.get(name.removeprefix("builtins."), instance_of(name))
        found = self._resolver.class_of_name(annotation, outer)
        return self._instance(found) if found is not None else Kind.UNKNOWN

    def _kind_of_part(self, node: ast.expr, path: tuple[int, ...], scope: Scope) -> Kind:
        if isinstance(node, ast.Tuple | ast.List) and -1 not in path and path[0] < len(node.elts):
            part = node.elts[path[0]]
            if isinstance(part, ast.Starred):
                return Kind.UNKNOWN
            return self._kind_of_part(part, path[1:], scope) if len(path) > 1 else self.kind(part, scope)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(path) == 1:
            if node.func.attr in kinds.TENSOR_TO_TUPLE and self.kind(node.func.value, scope).is_tensor:
                return Kind.TENSOR
            if self._resolver.dotted(node.func, scope) in ("torch.max", "torch.min", "torch.topk", "torch.sort"):
                return Kind.TENSOR
        return Kind.UNKNOWN

    def _kind_of_item(self, node: ast.expr, path: tuple[int, ...], scope: Scope) -> Kind:
        if isinstance(node, ast.Call) and self._resolver.dotted(node.func, scope) == "builtins.enumerate" and node.args:
            if not path or path[0] != 1:
                return Kind.OTHER if path else Kind.UNKNOWN
            return self._kind_of_item(node.args[0], path[1:], scope)
        if isinstance(node, ast.Call) and self._is_progress_bar(node, scope):
            return self._kind_of_item(node.args[0], path, scope)
        source = self.kind(node, scope)
        if source in kinds.ITEM_OF and not path:
            return kinds.ITEM_OF[source]
        if source in kinds.PAIR_OF and path:
            return kinds.PAIR_OF[source] if path == (1,) else Kind.OTHER
        return Kind.UNKNOWN

    def is_a_batch(self, binding: Binding, scope: Scope) -> bool:
        """Whether a binding takes the whole of what comes from a data loader."""
        return binding.how is How.ITEM and self._comes_from_loader(binding.node, binding.path, scope) == ()

    def is_part_of_a_batch(self, binding: Binding, scope: Scope) -> bool:
        """Whether a binding takes one of several parts of what comes from a data loader."""
        node, path = binding.node, binding.path
        if binding.how is How.VALUE and path and isinstance(node, ast.Name):  # `x, y = batch`
            found = scope.find(node.id)
            return found is not None and all(self.is_a_batch(b, found[0]) for b in found[1])
        return binding.how is How.ITEM and len(self._comes_from_loader(node, path, scope) or ()) == 1

    def _comes_from_loader(self, node: ast.AST | None, path: tuple[int, ...], scope: Scope) -> tuple[int, ...] | None:
        """The path within a batch of what a loop binds; None where it doesn't run over a data loader."""
        if isinstance(node, ast.Call):
            if self._resolver.dotted(node.func, scope) == "builtins.enumerate" and node.args:
                return self._comes_from_loader(node.args[0], path[1:], scope) if path[:1] == (1,) else None
            if self._is_progress_bar(node, scope):
                return self._comes_from_loader(node.args[0], path, scope)
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            return None
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        is_loader = self.kind(node, scope) is Kind.LOADER or "loader" in name.lower()
        return path if is_loader else None

    def _is_progress_bar(self, node: ast.Call, scope: Scope) -> bool:
        if not node.args:
            return False
        name = self._resolver.dotted(node.func, scope) or (node.func.id if isinstance(node.func, ast.Name) else "")
        return name.rpartition(".")[2] in ("tqdm", "trange", "track", "list", "iter", "reversed", "tuple")

    def _kind_of_call(self, node: ast.Call, scope: Scope) -> Kind:
        name = self._resolver.dotted(node.func, scope)
        if name is not None:
            return kinds.kind_of_call(name)
        found = self._resolver.class_of_name(node.func, scope)
        if found is not None:
            return self._instance(found)
        if isinstance(node.func, ast.Attribute):
            return self._kind_of_method(node.func, scope)
        called = self.kind(node.func, scope)
        return Kind.TENSOR if called is Kind.LOSS else Kind.UNKNOWN

    def _kind_of_method(self, func: ast.Attribute, scope: Scope) -> Kind:
        receiver = self.kind(func.value, scope)
        if receiver.is_module:
            if func.attr in kinds.SAME_KIND:
                return receiver
            own = kinds.MODULE_METHODS.get(func.attr, Kind.UNKNOWN)
            return own if own is not Kind.UNKNOWN else self._called_part(func, scope)
        if receiver is Kind.UNKNOWN and func.attr in kinds.ONLY_MODULES_HAVE:
            return kinds.MODULE_METHODS[func.attr]
        if receiver.is_tensor:
            if func.attr in kinds.TENSOR_TO_OTHER:
                return Kind.OTHER
            return Kind.UNKNOWN if func.attr in kinds.TENSOR_TO_TUPLE else Kind.TENSOR
        return self._called_part(func, scope)

    def _called_part(self, func: ast.Attribute, scope: Scope) -> Kind:
        """`self.criterion(…)`: what calling an attribute gives."""
        return Kind.TENSOR if self.kind(func, scope) is Kind.LOSS else Kind.UNKNOWN

    def _kind_of_attribute(self, node: ast.Attribute, scope: Scope) -> Kind:
        base = self.kind(node.value, scope)
        if base.is_tensor:
            return kinds.TENSOR_ATTRIBUTES.get(node.attr, Kind.UNKNOWN)
        if base.is_module and node.attr in ("weight", "bias") and isinstance(node.value, ast.Attribute | ast.Name):
            return Kind.PARAMETER
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            definition = next((a for a in self._tree.ancestors(node) if isinstance(a, ast.ClassDef)), None)
            if definition is not None:
                return self.attribute_kind(definition, node.attr)
        return Kind.UNKNOWN

    def attribute_kind(self, definition: ast.ClassDef, attr: str) -> Kind:
        """What the methods of a class, or of its ancestors in the project, set an attribute of `self` to."""
        if definition not in self._known_attributes:
            self._known_attributes[definition] = {}
        known = self._known_attributes[definition]
        if attr not in known:
            known[attr] = Kind.UNKNOWN
            known[attr] = _agreed(self._attribute_kinds(definition, attr))
        return known[attr]

    def _attribute_kinds(self, definition: ast.ClassDef, attr: str) -> Iterator[Kind]:
        for file, ancestor in self._resolver.lineage(self._resolver.file, definition):
            for name, view in file.class_view(ancestor).self_assignments:
                if name == attr:
                    yield file.resolver.kind(view.value.node, view.value.scope) if not view.unpacked else Kind.UNKNOWN

    def _instance(self, found: tuple[FileView, ast.ClassDef]) -> Kind:
        file, definition = found
        scope = file.tree.scope_of(definition)
        for ancestor, kind in FAMILIES:
            if file.resolver.derives(definition, scope, ancestor):
                return kind
        return Kind.UNKNOWN


def _agreed(found_kinds: Iterable[Kind]) -> Kind:
    """The kind that all agree on; `None` values of a name that is set later are left out."""
    found = set(found_kinds)
    if len(found) > 1:
        found.discard(Kind.NONE)
    if len(found) > 1 and found <= {Kind.TENSOR, Kind.PARAMETER}:
        return Kind.TENSOR
    if len(found) > 1 and found <= {Kind.MODULE, Kind.LOSS}:
        return Kind.MODULE
    return found.pop() if len(found) == 1 else Kind.UNKNOWN
