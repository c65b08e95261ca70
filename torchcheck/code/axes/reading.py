"""What expressions stand for, given what the names in them stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from torchcheck.code.axes.constructed import combined, constructed, layer_of
from torchcheck.code.axes.layers import output_of
from torchcheck.code.axes.methods import IN_PLACE, SAME, moved
from torchcheck.code.axes.shape import Shape
from torchcheck.code.axes.sizes import Size, Symbol, completed
from torchcheck.code.axes.slicing import sliced
from torchcheck.code.axes.values import Sizes, Thing, Value, number_of, size_of
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import children, walk
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.code.file import FileView
    from torchcheck.code.scopes import Scope

_RESHAPES = frozenset({"view", "reshape"})
_PACKS = frozenset({"pack_padded_sequence", "pad_packed_sequence"})


@frozen
class Cut:
    """A reshape as it was met: the call, the shape before, and the axes asked for (None: the one that is `-1`)."""

    node: ast.Call
    before: Shape
    after: list[Size | None]


class Reader:
    """Reads the expressions of one function.

    Attributes:
        known: what names and dotted names stand for at this point.
        cuts: the reshapes that were read, by their calls.
        ones: the sizes that the code compares with 1.
        equal: the pairs of sizes that it compares with each other.
    """

    def __init__(self, file: FileView, scope: Scope) -> None:
        self.known: dict[str, Value] = {}
        self.cuts: dict[ast.Call, Cut] = {}
        self.ones: set[Symbol] = set()
        self.equal: list[tuple[Symbol, Symbol]] = []
        self._file = file
        self._scope = scope

    def read(self, node: ast.expr) -> Value:
        """What an expression stands for; what nothing is known of is a new thing."""
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return Size.of(node.value)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._named(node)
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.BinOp):
            return self._computed(node)
        if isinstance(node, ast.UnaryOp):
            number = number_of(self.read(node.operand))
            return Size.of(-number) if isinstance(node.op, ast.USub) and number is not None else self._new(node)
        if isinstance(node, ast.Tuple | ast.List):
            if any(isinstance(one, ast.Starred) for one in node.elts):
                return self._unknown(node)
            return tuple([self.read(one) for one in node.elts])
        if isinstance(node, ast.Subscript):
            return self._indexed(node)
        if isinstance(node, ast.Compare):
            self._compare(node)
        if isinstance(node, ast.NamedExpr):
            self.known[node.target.id] = value = self.read(node.value)
            return value
        return self._unknown(node)

    def forget(self, names: Iterable[str]) -> None:
        """Names that stand for something else from here on."""
        for name in names:
            for known in [one for one in self.known if one == name or one.startswith(f"{name}.")]:
                del self.known[known]
            self.known[name] = Thing(name)

    def _new(self, node: ast.expr) -> Thing:
        return Thing(self._text(node))

    def _text(self, node: ast.expr) -> str:
        return ExprView(self._file, node).text

    def _unknown(self, node: ast.AST) -> Thing:
        """Read what is inside; of the whole nothing is known."""
        waiting = list(children(node))
        while waiting:
            child = waiting.pop(0)
            if isinstance(child, ast.comprehension):
                self.read(child.iter)
                self.forget(n.id for n in walk(child.target) if isinstance(n, ast.Name))
                waiting[:0] = child.ifs
            elif isinstance(child, ast.expr) and not isinstance(child, ast.Lambda):
                self.read(child)
            elif not isinstance(child, ast.Lambda):
                waiting[:0] = children(child)
        return self._new(node) if isinstance(node, ast.expr) else Thing("")

    # -- names -------------------------------------------------------------------------------------------------------

    def _named(self, node: ast.Name | ast.Attribute) -> Value:
        if isinstance(node, ast.Attribute):
            if node.attr in ("shape", "data", "T", "mT"):
                return self._of_tensor(node)
            if not isinstance(node.value, ast.Name | ast.Attribute):
                return self._unknown(node)
        text = self._text(node)
        if text not in self.known:
            self.known[text] = Thing(text, size=self._size_elsewhere(node))
        return self.known[text]

    def _of_tensor(self, node: ast.Attribute) -> Value:
        base = self.read(node.value)
        if not isinstance(base, Thing):
            return self._new(node)
        if node.attr == "shape":
            return Sizes(base.shape)
        if node.attr == "data":
            return base
        axes = base.shape.axes
        if axes is None or (node.attr == "T" and len(axes) != 2):
            return self._new(node)
        return Thing(self._text(node), Shape(self._text(node), [*axes[:-2], axes[-1], axes[-2]]))

    def _size_elsewhere(self, node: ast.Name | ast.Attribute) -> Size | None:
        """The size that an attribute of `self`, or a name from around the function, means."""
        view = ExprView(self._file, node)
        if view.self_attribute is not None:
            return constructed(view)
        found = self._scope.find(node.id) if isinstance(node, ast.Name) else None
        return constructed(view) if found is not None and found[0] is not self._scope else None

    # -- arithmetic --------------------------------------------------------------------------------------------------

    def _computed(self, node: ast.BinOp) -> Value:
        left, right = self.read(node.left), self.read(node.right)
        size = combined(node.op, size_of(left), size_of(right))
        if isinstance(left, Size) and isinstance(right, Size) and size is not None:
            return size
        scaled = [one for one in (left, right) if isinstance(one, Thing)]
        whole = len(scaled) == 1 and any(isinstance(one, Size) for one in (left, right))
        return Thing(self._text(node), scaled[0].shape if whole else None, size)

    def _compare(self, node: ast.Compare) -> None:
        sides = [size_of(self.read(one)) for one in (node.left, *node.comparators)]
        if not all(isinstance(one, ast.Eq | ast.NotEq | ast.LtE | ast.Gt) for one in node.ops) or None in sides:
            return
        for one, other in pairwise(sides):
            if one is None or other is None:
                continue
            symbols = [*one.symbols, *other.symbols]
            if other.is_one and len(symbols) == 1:
                self.ones.add(symbols[0])
            elif one.is_plain and other.is_plain and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                self.equal.append((symbols[0], symbols[1]))

    def _indexed(self, node: ast.Subscript) -> Value:
        base = self.read(node.value)
        if isinstance(node.slice, ast.Slice) and isinstance(base, Sizes):
            return self._sliced(node, base)
        if isinstance(base, Thing):
            shape = sliced(base.shape, self._items(node.slice), self._text(node))
            return Thing(self._text(node), shape)
        index = number_of(self.read(node.slice)) if not isinstance(node.slice, ast.Slice) else None
        if isinstance(base, tuple) and index is not None and -len(base) <= index < len(base):
            return base[index]
        if isinstance(base, Sizes) and index is not None:
            return base.axis(index) or self._new(node)
        return self._new(node)

    def _items(self, index: ast.expr) -> list[Value | slice | None]:
        """The parts of an index of a tensor; None for `None`."""
        found: list[Value | slice | None] = []
        for one in index.elts if isinstance(index, ast.Tuple) else [index]:
            if isinstance(one, ast.Slice):
                first, last = (self.read(end) if end is not None else None for end in (one.lower, one.upper))
                found.append(slice(first, last, one.step))
            else:
                found.append(None if isinstance(one, ast.Constant) and one.value is None else self.read(one))
        return found

    def _sliced(self, node: ast.Subscript, base: Sizes) -> Value:
        part = node.slice
        assert isinstance(part, ast.Slice)
        first = number_of(self.read(part.lower)) if part.lower is not None else 0
        last = number_of(self.read(part.upper)) if part.upper is not None else None
        if base.start or base.length is not None or part.step is not None or first is None:
            return self._new(node)
        if last is None and part.upper is not None:
            return self._new(node)
        if first < 0:
            return Sizes(base.shape, first, -first) if last is None else self._new(node)
        if last is None:
            return Sizes(base.shape, first)
        return Sizes(base.shape, first, last - first) if last > first else self._new(node)

    # -- calls -------------------------------------------------------------------------------------------------------

    def _called(self, node: ast.Call) -> Value:
        view = CallView(self._file, node)
        target = view.target or ""
        if isinstance(node.func, ast.Attribute) and not target:
            given = self.read(node.func.value)
            arguments = self._arguments(node)
            return self._method(view, given, arguments) or self._layer(view, arguments) or self._new(node)
        arguments = self._arguments(node)
        if target in ("builtins.int", "builtins.len") and arguments:
            first = arguments[0]
            if target == "builtins.len":
                return first.shape.axis(0) or self._new(node) if isinstance(first, Thing) else self._new(node)
            return size_of(first) or self._new(node)
        if target.startswith(("torch.", "numpy.")) and arguments:
            return self._function(view, arguments) or self._new(node)
        return self._layer(view, arguments) or self._new(node)

    def _arguments(self, node: ast.Call) -> list[Value | None]:
        """The arguments by position; None for `*args` of which nothing is known. Those by keyword are read, too."""
        for keyword in node.keywords:
            self.read(keyword.value)
        found: list[Value | None] = []
        for one in node.args:
            value = self.read(one.value if isinstance(one, ast.Starred) else one)
            if isinstance(one, ast.Starred):
                found += (value.every() if isinstance(value, Sizes) else None) or [None]
            else:
                found.append(value)
        return found

    def _method(self, view: CallView, given: Value, arguments: Sequence[Value | None]) -> Value | None:
        name = view.method or ""
        if not isinstance(given, Thing):
            return None
        if name == "size":
            whole = not arguments and not view.node.keywords
            index = number_of(arguments[0]) if arguments else None
            return Sizes(given.shape) if whole else given.shape.axis(index) if index is not None else None
        if name in IN_PLACE and isinstance(view.node.func.value, ast.Name | ast.Attribute):
            self.forget([self._text(view.node.func.value)])
        return self._reshaped(view, given, arguments) if view.receiver is not None else None

    def _function(self, view: CallView, arguments: Sequence[Value | None]) -> Value | None:
        first = arguments[0]
        if not isinstance(first, Thing):
            return None
        if view.last_name in _PACKS:
            same = Thing(view.text, first.shape)
            return same if view.last_name == "pack_padded_sequence" else (same, Thing(view.text))
        return self._reshaped(view, first, arguments[1:])

    def _reshaped(self, view: CallView, given: Thing, arguments: Sequence[Value | None]) -> Value | None:
        name, text = view.last_name, view.text
        if name in SAME:
            return Thing(text, given.shape)
        if name not in _RESHAPES:
            return moved(name, given, arguments, text) if not view.node.keywords else None
        if view.node.keywords or None in arguments:
            return None
        shown = arguments[0] if len(arguments) == 1 else tuple(one for one in arguments if one is not None)
        sizes = shown if isinstance(shown, tuple) else (shown,)
        if any(not isinstance(one, Size | Thing) for one in sizes) or isinstance(shown, Thing):
            return None
        after = [None if number_of(one) == -1 else size_of(one) for one in sizes]
        if any(size is not None and size.number <= 0 for size in after):
            return None
        self.cuts[view.node] = Cut(view.node, given.shape, after)
        rest = Size.of(Symbol(("rest", view.node), "…"))
        return Thing(text, Shape(text, [size or rest for size in completed(given.shape.axes, after)]))

    def _layer(self, view: CallView, arguments: Sequence[Value | None]) -> Value | None:
        first = arguments[0] if arguments else None
        layer = layer_of(view.func) if isinstance(first, Thing) else None
        return output_of(layer, first, view.text) if layer is not None and isinstance(first, Thing) else None
