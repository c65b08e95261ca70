"""The last layer of a `Sequential` taken out."""

from __future__ import annotations

import re
from typing import Any

import libcst as cst

from torchcheck.finding import Edit
from torchcheck.lint.fixes.syntax import Syntax
from torchcheck.lint.fixes.tree import ancestors, last_name, walk, whole


def without_layer(syntax: Syntax, node: Any) -> Edit | None:
    """The last layer of a Sequential taken out, with the comma before it; of an OrderedDict, its whole pair."""
    around = ancestors(syntax.module, node)
    if _is_named(syntax, around):
        node, around = around[1], around[2:]
    values = _layers(syntax, around)
    if len(values) < 2 or values[-1] is not node:
        return None
    before, start, end = whole(syntax, values[-2])[1], *whole(syntax, node)
    if syntax.between(before, start).strip(" \t\r\n") != ",":  # a comment there would be lost
        return None
    return Edit(before, end, "")


def _is_named(syntax: Syntax, around: list[Any]) -> bool:
    """Whether a layer stands in a pair `("name", layer)` of an OrderedDict, and nothing else speaks of that name."""
    pair = around[1]
    if not isinstance(pair, cst.Tuple) or len(pair.elements) != 2 or len(around) < 6:
        return False
    name, mapping = pair.elements[0].value, around[5]
    if not isinstance(name, cst.SimpleString) or not isinstance(mapping, cst.Call):
        return False
    word = rf"\b{re.escape(str(name.raw_value))}\b(?!\()"
    return last_name(mapping.func) == "OrderedDict" and len(re.findall(word, syntax.text)) == 1


def _layers(syntax: Syntax, around: list[Any]) -> list[Any]:
    """The layers beside one: arguments of a Sequential, or items of a literal that becomes one; else none."""
    parent, outer = around[1], around[2:]
    if isinstance(parent, cst.Call):
        values = [argument.value for argument in parent.args] if _is_sequential(syntax, parent) else []
        return values if not _is_indexed(syntax, outer) else []
    if not isinstance(parent, cst.List | cst.Tuple):
        return []
    values = [element.value for element in parent.elements]
    if isinstance(parent, cst.Tuple) and len(values) < 3:
        return []  # a tuple of one needs its comma
    calls = [a for a in outer[:4] if isinstance(a, cst.Call)]
    ordered = bool(calls) and last_name(calls[0].func) == "OrderedDict"
    direct = (len(calls) > int(ordered) and _is_sequential(syntax, calls[int(ordered)])) and isinstance(
        outer[0], cst.Arg
    )
    if direct:
        return values if not _is_indexed(syntax, outer) else []
    return values if _feeds_sequential(syntax, outer[0]) else []


def _is_sequential(syntax: Syntax, call: Any) -> bool:
    """Whether a call makes torch's Sequential and not a user's."""
    own = (definition.name.value for definition in walk(syntax.module, (cst.ClassDef,)))
    return last_name(call.func) == "Sequential" and (isinstance(call.func, cst.Attribute) or "Sequential" not in own)


def _is_indexed(syntax: Syntax, around: list[Any]) -> bool:
    """Whether somebody counts on the layers of the Sequential that is assigned here: `model[-1]`."""
    assign = next((a for a in around if isinstance(a, cst.Assign)), None)
    targets = [syntax.text_of(target.target) for target in assign.targets] if assign is not None else []
    subscripts = (s for s in walk(syntax.module, (cst.Subscript,)) if not _is_key(s))
    return any(syntax.text_of(subscript.value) in targets for subscript in subscripts)


def _is_key(subscript: Any) -> bool:
    index = subscript.slice[0].slice
    return isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString)


def _feeds_sequential(syntax: Syntax, assign: Any) -> bool:
    """Whether a list has a name that is used for nothing but `Sequential(*name)`."""
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
        return False
    name = last_name(assign.targets[0].target)
    if not isinstance(assign.targets[0].target, cst.Name) or len(re.findall(rf"\b{name}\b", syntax.text)) != 2:
        return False
    calls = (call for call in walk(syntax.module, (cst.Call,)) if _is_sequential(syntax, call))
    return any(a.star == "*" and last_name(a.value) == name for call in calls for a in call.args)
