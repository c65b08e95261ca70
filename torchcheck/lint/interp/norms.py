"""Batch norms in training mode that meet a batch of one: there is nothing to take a variance over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.passes import Lone
from torchcheck.lint.interp.assign import path_of
from torchcheck.lint.interp.modes import mode_of
from torchcheck.lint.interp.shapes import LastOfOne
from torchcheck.lint.interp.torch_values import Module, Tensor
from torchcheck.lint.interp.values import Const, Value
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_BATCH_NORM = pattern(r"^(Lazy)?BatchNorm\dd$")
_SIZE = r"(?:len\([^()\n]*\)|\bsize\(0?\)(?:\[0\])?|\bshape\[0\]|\b(?:batch_?size|bs|bsz|b|n|size)\b)"
_GUARDED = pattern(
    rf"(?i){_SIZE}\s*(?:[<>]=?|[!=]=)\s*\d|\d\s*(?:[<>]=?|[!=]=)\s*{_SIZE}|raises\b|except\b|suppress\(|"
    r"sync_?batch_?norm|(?:freeze|frozen|fix|disable|set|eval)_?(?:bn|batch_?norm|norm)|(?:bn|norms?)_?eval"
)
"""Code that looks at the size of a batch, awaits the error, or sees to its norms itself."""
_ENDS_EARLY = pattern(
    r"(?m)\bbreak\b|\breturn[ \t]*$|\bexit\(|\b(?:next|zip)\(|islice|max_steps|max_batches|\.tensors\s*=[^=]"
)
"""Code that may never come to the last batch."""


def note_norm(m: Machine, module: Module, name: str, value: Value) -> None:
    """A module is given a value, within the call of a model."""
    if not _BATCH_NORM.search(name) or not isinstance(value, Tensor) or value.shape is None or m.lone is not None:
        return
    shape = value.shape
    last = isinstance(shape, LastOfOne)
    if len(shape) < 2 or not (last or shape[0] == 1) or any(size != 1 for size in shape[2:]):
        return
    set_by_hand = module.cells.get("training") not in (None, Const(True))
    if mode_of(module).training is True and not set_by_hand and not _is_looked_after(m, last):
        m.lone = Lone(norm=path_of(module) or module.spelling, last=last)


def _is_looked_after(m: Machine, last: bool) -> bool:
    """Whether a file that takes part may keep such a batch away, or come to no last one."""
    texts = {frame.file.text for frame in m.frames}
    return any(_GUARDED.search(text) or (last and _ENDS_EARLY.search(text)) for text in texts)
