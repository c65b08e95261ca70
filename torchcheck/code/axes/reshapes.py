"""Every `view` and `reshape` of a file, with the axes before and after."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torchcheck.code.axes.reading import Cut, Reader
from torchcheck.code.axes.sizes import Size, Symbol, completed
from torchcheck.code.axes.walking import Walker
from torchcheck.code.nodes import CallView
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_NAMES = frozenset({"view", "reshape"})


@frozen
class Reshape:
    """One reshape.

    Attributes:
        call: the call.
        before: the axes that are known at the front; every axis where `is_whole`.
        tail: the axes that are known at the end, where it is not known how many there are.
        after: the axes asked for; None for a `-1` that stands for nobody knows what.
        rest: the index in `after` of what `-1` stands for.
        is_whole: every axis before is known.
    """

    call: CallView
    before: Sequence[Size]
    tail: Sequence[Size]
    after: Sequence[Size | None]
    rest: int | None
    is_whole: bool


def reshapes_in(file: FileView) -> Iterator[Reshape]:
    """The reshapes of a file whose axes are known at least in part."""
    if file.identifiers.isdisjoint(_NAMES):
        return
    scopes: list[tuple[Sequence[ast.stmt], ast.AST]] = [(file.tree.module.body, file.tree.module)]
    scopes += [(view.node.body, view.node) for view in file.functions if any(_is_cut(call) for call in view.calls)]
    for body, node in scopes:
        reader = Reader(file, file.tree.own_scope(node) or file.tree.scope)
        Walker(reader).walk(body)
        values = _values(reader)
        for cut in reader.cuts.values():
            if not cut.before.is_disputed:
                yield _reshape(CallView(file, cut.node), cut, values)


def _is_cut(call: CallView) -> bool:
    return call.last_name in _NAMES


def _values(reader: Reader) -> dict[Symbol, Size]:
    """What the comparisons in a function say of sizes."""
    values = {one: Size.of(Symbol(one.key, one.text, may_be_one=True)) for one in reader.ones}
    for one, other in reader.equal:
        values.setdefault(one, Size.of(other))
    return values


def _reshape(call: CallView, cut: Cut, values: dict[Symbol, Size]) -> Reshape:
    axes = cut.before.axes
    asked = cut.before.asked
    front = axes if axes is not None else [cut.before.axis(index) for index in range(max([*asked, -1]) + 1)]
    back = [cut.before.axis(index) for index in range(min([*asked, 0]), 0)] if axes is None else []
    after = [size.replaced(values) if size is not None else None for size in cut.after]
    before = [size.replaced(values) for size in front if size is not None]
    rest = list(cut.after).index(None) if None in cut.after else None
    whole = completed(before if axes is not None else None, after)
    tail = [size.replaced(values) for size in back if size is not None]
    return Reshape(call, before, tail, whole, rest, axes is not None)
