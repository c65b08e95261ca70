"""What models are made of, where it comes to linear maps: each layer is one, lets its input through, or is neither."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.code.layers import items_of
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.scopes import How
from torchcheck.code.walk import walk
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView

_MAPS = words(
    "Linear LazyLinear Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d ConvTranspose1d ConvTranspose2d "
    "ConvTranspose3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"
)
_PASSING = words(
    "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout Identity Flatten Unflatten "
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d "
    "AvgPool1d AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d"
)
_REPARAMETRISED = words("weight_norm spectral_norm")
_DEEPEST = 6


class Role(enum.Enum):
    """What a layer does to what goes through it."""

    MAP = "a linear map"
    PASSES = "no non-linearity"
    OTHER = "anything else"


@frozen
class Layer:
    """A layer of a model.

    Attributes:
        made: the expression that makes it.
        role: what it does.
        inside: the innermost `nn.Sequential` that it stands in, by its call.
    """

    made: ExprView
    role: Role
    inside: ast.AST | None = None

    @property
    def kind(self) -> str:
        """`Linear` of `nn.Linear(4, 2)`; empty where it isn't known."""
        return self.made.call.last_name if self.made.call is not None else ""


def layers_through(view: ExprView, depth: int = 0) -> list[Layer]:
    """The layers that the input of a module goes through, one after the other."""
    call = view.built_by if depth <= _DEEPEST else None
    head, _, last = (call.target or "").rpartition(".") if call is not None else ("", "", "")
    if call is None or not head.startswith("torch.nn"):
        return [Layer(view, Role.OTHER)]
    if last in _REPARAMETRISED and call.argument(0) is not None:
        return layers_through(ExprView(call.file, call.node.args[0]), depth + 1)
    if head != "torch.nn":
        return [Layer(view, Role.OTHER)]
    if last == "Sequential":
        found = [layer for part in parts_of(call) for layer in _of_part(part, depth + 1)]
        return [layer if layer.inside is not None else replace(layer, inside=call.node) for layer in found]
    return [Layer(call, Role.MAP if last in _MAPS else Role.PASSES if last in _PASSING else Role.OTHER)]


@frozen
class Part:
    """Something that stands in a Sequential; None where what stands there isn't known. `again`: several of its kind."""

    made: ExprView | None
    at: ExprView


def _of_part(part: Part, depth: int) -> list[Layer]:
    return layers_through(part.made, depth) if part.made is not None else [Layer(part.at, Role.OTHER)]


def parts_of(call: CallView) -> Iterator[Part]:
    """What an `nn.Sequential` is given, in its order."""
    if call.node.keywords:
        yield Part(None, call)
        return
    yield from _given(call)
    yield from _added_later(call)


def _given(call: CallView) -> Iterator[Part]:
    for arg in call.node.args:
        view = ExprView(call.file, arg)
        if isinstance(arg, ast.Starred):
            yield from _collected(ExprView(call.file, arg.value))
        elif (pairs := _named(view)) is not None:
            yield from pairs
        else:
            yield Part(view, view)


def _named(view: ExprView) -> list[Part] | None:
    """The layers of an `OrderedDict`."""
    made = view.value.call
    if made is None or made.target != "collections.OrderedDict":
        return None
    first = made.argument(0)
    pairs = first.value.items if first is not None else None
    if pairs is None or not all(pair.items is not None and len(pair.items) == 2 for pair in pairs):
        return [Part(None, view)]
    return [Part(pair.items[1], pair) for pair in pairs if pair.items is not None]


def _collected(view: ExprView) -> Iterator[Part]:
    """The items of a list that is unpacked: written out, a comprehension, or a name that is appended to."""
    if view.identifier is None or view.function is None:
        yield from _shown(view)
    else:
        yield from built_up(view.function, view)


def _shown(view: ExprView) -> Iterator[Part]:
    """The items of a list; those of a comprehension twice, since they follow each other."""
    if isinstance(view.node, ast.ListComp) and len(view.node.generators) == 1:
        item = ExprView(view.file, view.node.elt)
        yield from (Part(item, item), Part(item, item))
    elif isinstance(view.node, ast.List | ast.Tuple):
        for one in view.node.elts:
            inner = ExprView(view.file, one.value if isinstance(one, ast.Starred) else one)
            yield from _shown(inner) if isinstance(one, ast.Starred) else [Part(inner, inner)]
    elif isinstance(view.node, ast.BinOp) and isinstance(view.node.op, ast.Add):
        yield from _shown(ExprView(view.file, view.node.left))
        yield from _shown(ExprView(view.file, view.node.right))
    else:
        yield Part(None, view)


def built_up(function: FunctionView, name: ExprView) -> Iterator[Part]:
    """What a function puts into a local list, in the order of the source, up to where the list is read."""
    found = name.scope.find(name.identifier or "")
    values = [b for b in found[1] if b.how is How.VALUE] if found is not None else []
    if len(values) != 1 or not isinstance(values[0].node, ast.List) or found is None or found[0].node != function.node:
        yield Part(None, name)
        return
    yield from _Builder(function, name.text, name.node).block(function.node.body)


def _added_later(call: CallView) -> list[Part]:
    """What a Sequential gets after it is made, by `append` and `add_module`."""
    parent = call.file.tree.parent(call.node)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
        return []
    target, function, owner = ExprView(call.file, parent.targets[0]), call.function, call.in_class
    if target.self_attribute is None or owner is None:
        changed = [one for one in function.calls if _grows(one, target)] if function is not None else []
    else:
        changed = [one for one in owner.own_calls() if _grows(one, target)]
    if not changed:
        return []
    if function is None or any(one.function != function for one in changed):
        return [Part(None, call)]
    body = function.node.body
    return list(_Builder(function, target.text, made=call.node).block(body)) if parent in body else [Part(None, call)]


def _grows(call: CallView, target: ExprView) -> bool:
    return call.method in _ADDERS and call.receiver is not None and call.receiver.text == target.text


_ADDERS = {"append": 0, "add_module": 1, "extend": None, "insert": None, "register_module": 1}
"""The methods that add to a list or a Sequential, and which argument is the layer."""


class _Builder:
    """Follows a list, or a Sequential that is `made` first, through the statements of a function up to `reads`."""

    def __init__(
        self, function: FunctionView, text: str, reads: ast.AST | None = None, made: ast.AST | None = None
    ) -> None:
        self.file = function.file
        self.text = text
        self.reads = reads
        self.made = made
        self.reached = False

    def block(self, body: list[ast.stmt]) -> Iterator[Part]:
        for statement in body:
            inside = list(walk(statement))
            if self.reached or self.reads in inside:
                self.reached = True
                return
            if any(self._is_it(node) for node in inside):
                yield from self._statement(statement)

    def _statement(self, statement: ast.stmt) -> Iterator[Part]:
        added = self._added(statement)
        if added is not None:
            yield from added
        elif isinstance(statement, ast.For) and not statement.orelse:
            inner = list(self.block(statement.body))
            yield from [*inner, *inner]
        elif not (self.made is not None and self._only_reads(statement)):
            yield Part(None, ExprView(self.file, getattr(statement, "value", None) or statement))

    def _only_reads(self, statement: ast.stmt) -> bool:
        """Whether a Sequential is made or used here, and gets nothing more."""
        inside = list(walk(statement))
        calls = [CallView(self.file, node) for node in inside if isinstance(node, ast.Call)]
        return not any(
            call.method in _ADDERS and call.receiver is not None and self._is_it(call.receiver.node) for call in calls
        )

    def _added(self, statement: ast.stmt) -> list[Part] | None:
        """What a statement sets the list to, or adds to it; None where it does something else with it."""
        given: ast.expr | None = None
        if isinstance(statement, ast.Assign | ast.AugAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            given = statement.value if len(targets) == 1 and self._is_it(targets[0]) else None
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = CallView(self.file, statement.value)
            if call.receiver is not None and self._is_it(call.receiver.node):
                position = _ADDERS.get(call.method or "")
                layer = call.argument(position) if position is not None else None
                if layer is not None:
                    return [Part(layer, layer)]
                given = call.node.args[0] if call.method == "extend" and call.node.args else None
        return list(_shown(ExprView(self.file, given))) if isinstance(given, ast.List) else None

    def _is_it(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) == self.text


def listed(view: ExprView) -> list[Layer] | None:
    """The modules of an `nn.ModuleList`; None where one isn't known to be a single layer, or they are only one."""
    call = view.built_by
    if call is None or call.target != "torch.nn.ModuleList" or view.in_class is None:
        return None
    given = call.argument(0)
    made = [] if given is None else list(items_of(given.value)) or [given]
    repeated = given is not None and any(isinstance(n, ast.ListComp) for n in walk(given.value.node))
    for added in view.in_class.own_calls():
        receiver = added.receiver
        if receiver is not None and receiver.self_attribute == view.self_attribute:
            first = added.argument(0)
            if added.method != "append" or first is None:
                return None
            made.append(first)
            repeated = repeated or added.in_loop
    every = [layers_through(one) for one in made]
    single = [one[0] for one in every if len(one) == 1]
    return single if len(single) == len(every) and (repeated or len(single) > 1) else None
