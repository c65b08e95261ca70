"""Where the modules that names stand for are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.code.kinds import SAME_KIND

if TYPE_CHECKING:
    from torchcheck.code.nodes import CallView, ExprView

_DEEPEST = 8


def built_by(view: ExprView, deepest: int = _DEEPEST) -> CallView | None:
    """The call that makes what a name, or an attribute of `self`, stands for; None where several places set it."""
    if not deepest:
        return None
    call = view.call
    if call is not None:
        same = call.receiver is not None and call.method in SAME_KIND and call.target is None
        return built_by(call.receiver, deepest - 1) if same and call.receiver is not None else call
    if view.self_attribute is not None and view.in_class is not None:
        attribute, ancestors = view.self_attribute, view.in_class.lineage
        values = [a for one in ancestors for name, a in one.self_assignments if name == attribute]
        return built_by(values[0].value, deepest - 1) if len(values) == 1 and not values[0].unpacked else None
    return built_by(view.value, deepest - 1) if view.identifier is not None and view.value is not view else None
