"""What a class keeps in plain collections on `self`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.layers import callees, is_collection, items_of
from torchcheck.code.nodes import AssignView, CallView, ExprView
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.code.definitions import ClassView, FunctionView

_ADDERS = {"append": 0, "add": 0, "extend": 0, "insert": 1, "appendleft": 0, "setdefault": 1, "update": 0}
_COPIES = frozenset({"list", "tuple", "reversed", "OrderedDict", "dict"})
_BY_HAND = frozenset({"add_module", "register_module", "setattr", "__setattr__"})
_OVERRIDES = frozenset({"parameters", "named_parameters", "_apply", "state_dict", "to", "cuda", "train"})
_WAYS = ("parameters", "named_parameters", "optimizer", "Adam", "AdamW", "SGD")


@frozen
class Held:
    """A plain list, tuple, set or dict on `self`.

    Attributes:
        attr: the attribute.
        at: the assignment that makes it one.
        items: what the class's own methods put into it.
        is_single: it is written out with one item, and nothing is added.
    """

    attr: str
    at: AssignView
    items: list[ExprView]
    is_single: bool


def held_collections(view: ClassView) -> Iterator[Held]:
    """The plain collections on `self` that stay what they are: never replaced by, or wrapped in, something else."""
    by_attr: dict[str, list[AssignView]] = {}
    for attr, assigned in view.self_assignments:
        by_attr.setdefault(attr, []).append(assigned)
    for attr, every in by_attr.items():
        plain = [
            one for one in every if not one.unpacked and (is_collection(one.value.value) or _returned(one.value.value))
        ]
        if not plain or not all(one in plain or _is_none(one.value) for one in every):
            continue
        yield from _held(view, attr, plain)


def _held(view: ClassView, attr: str, plain: list[AssignView]) -> Iterator[Held]:
    if any(passes_on(call, attr) for one in view.lineage for call in one.own_calls()):
        return
    added = [item for method in view.methods.values() for item in _added(method, f"self.{attr}")]
    for assigned in plain:
        name, method = assigned.value.identifier, assigned.function
        if name is not None and method is not None:
            if any(hands_on(call, name) for call in method.calls):
                return
            added += _added(method, name)
        for returned in _returned(assigned.value.value):
            inside = returned.function
            if inside is not None and returned.identifier is not None:
                if any(hands_on(call, returned.identifier) for call in inside.calls):
                    return
                added += _added(inside, returned.identifier)
            added += items_of(returned.value)
    shown = [item for assigned in plain for item in items_of(assigned.value.value)]
    single = len(shown) == 1 and not added and any(len(one.value.value.items or ()) == 1 for one in plain)
    yield Held(attr, plain[0], shown + added, single)


def _returned(value: ExprView) -> list[ExprView]:
    """The plain collections that a function or method of the project returns, where it returns nothing else."""
    returned = [one for function in callees(value.call) for one in function.returns] if value.call is not None else []
    found = [one for one in returned if one is not None and is_collection(one.value)]
    return found if len(found) == len(returned) else []


def _is_none(value: ExprView) -> bool:
    return value.literal is None


def _added(method: FunctionView, text: str) -> Iterator[ExprView]:
    """What a method puts into a collection."""
    for call in method.calls:
        base = call.receiver
        position = _ADDERS.get(call.method or "")
        if position is not None and base is not None and base.text.partition("[")[0] == text:
            value = call.argument(position)
            if value is not None:
                yield from list(items_of(value)) or [value]
    for node in method.nodes:
        target, stored = _stored(node)
        if target is not None and stored is not None and method.file.source_of(target).partition("[")[0] == text:
            given = ExprView(method.file, stored)
            yield from list(items_of(given)) or [given]


def _stored(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """`items[key] = value` and `items += value`."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return node.targets[0], node.value
    if isinstance(node, ast.AugAssign):
        return node.target, node.value
    return None, None


def passes_on(call: CallView, attr: str) -> bool:
    """Whether `self.attr` is handed, as it is or unpacked, to what may register it."""
    return any(
        isinstance(inner, ast.Attribute) and ExprView(call.file, inner).self_attribute == attr for inner in _given(call)
    ) and not (call.target or "").startswith("builtins.")


def hands_on(call: CallView, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in _given(call)) and not (
        call.target or ""
    ).startswith("builtins.")


def _given(call: CallView) -> Iterator[ast.expr]:
    for given in (*call.node.args, *(keyword.value for keyword in call.node.keywords)):
        inner = given.value if isinstance(given, ast.Starred) else given
        while isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Attribute) and inner.func.attr in ("values", "items"):
                inner = inner.func.value
            elif isinstance(inner.func, ast.Name) and inner.func.id in _COPIES and inner.args:
                inner = inner.args[0]
            else:
                break
        yield inner


def looks_after(view: ClassView, attr: str) -> bool:
    """Whether a class registers what it holds by hand, or hands out the parameters of an attribute by itself."""
    for one in view.lineage:
        if "__setattr__" in one.methods or "__getattr__" in one.methods:
            return True
        if any(call.last_name in _BY_HAND for call in one.own_calls()):
            return True
        if any(m.mentions(attr) and (name in _OVERRIDES or m.mentions(*_WAYS)) for name, m in one.methods.items()):
            return True
    return view.mentions("_modules", "_parameters")


def is_registered_elsewhere(item: ExprView) -> bool:
    """Whether a thing in a collection is an attribute of `self` as well, or is handed to something else."""
    if item.self_attribute is not None:
        return True
    if item.identifier is None or item.function is None:
        return False
    if any(one.value.identifier == item.identifier for one in item.function.assignments if one.target.self_attribute):
        return True
    return any(call.last_name not in _ADDERS and hands_on(call, item.identifier) for call in item.function.calls)
