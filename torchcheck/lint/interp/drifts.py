"""Which frozen batch norms drift by mistake: those of teachers, of targets and of adapted models are meant to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint.interp.assign import path_of
from torchcheck.lint.interp.modes import drifting_parts
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.events import Forward
    from torchcheck.lint.interp.values import Value

_ON_PURPOSE = pattern(
    r"(?i)teach|target|momentum|adapt|byol|moco|dino(?![a-z])|distill|shadow|surrogate|victim|calib|"
    r"(?<![a-z])(ema|old|ref|key|slow|avg|mean|prior|oracle|random|rnd|tent|bn|stats)(?![a-z])"
)
"""Names of copies that follow another model, and of work that wants the statistics to move."""
_HANDLED = pattern(
    r"track_running_stats\s*=|running_(mean|var)\b|"
    r"isinstance\([^\n]*[Nn]orm[^\n]*\n?(?:[^\n]*\n){0,3}?[^\n]*(requires_grad|\.eval\(|\.train\(|momentum)|"
    r"zip\([^\n]*\.parameters\(\)[^\n]*\.parameters\(\)|load_state_dict\([^\n]*\.state_dict\(\)|update_bn"
)
"""Code that looks after norms by their class, or makes one model follow another."""


def drifting(model: Value) -> tuple[tuple[int, str], ...]:
    """The frozen batch norms of a model that are in training mode: number and path."""
    return tuple((part.number, path_of(part) or part.spelling) for part in drifting_parts(model))


def drifting_by_mistake(forward: Forward) -> tuple[str, ...]:
    """The paths of those that nothing ever unfreezes, and that nothing looks after."""
    found = tuple(path for number, path in forward.drifting if number not in forward.thawed)
    if not found or any(map(_ON_PURPOSE.search, (forward.name, *forward.functions, *found))):
        return ()
    return () if _HANDLED.search(forward.place.file.text) else found
