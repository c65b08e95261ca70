"""Where in a run something happens: in which epoch, and while the program trains or only looks."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING

from torchcheck.facts.passes import Phase
from torchcheck.finding import Finding

if TYPE_CHECKING:
    from torchcheck.probe.phases.drives import Drive, Drives

_STEPPING = frozenset(
    {
        *("before_backward", "after_backward", "before_step", "after_step", "skipped_step", "stepped", "new_step"),
        *("cleared", "clipped", "scaled", "unscaled", "scale_updated", "scheduled"),
    }
)
_PRESENT = _STEPPING | {
    *("before_root_forward", "after_root_forward", "before_forward", "after_forward", "root_entered", "root_left"),
    *("loss_called", "loss_scored", "before_grad", "batch_drawn"),
}
"""Events at which an observer speaks of what happens just then."""

_DEEPEST = 200


def whereabouts(drives: Drives, event: str, steps: int) -> tuple[int | None, Phase | None]:
    """The epoch, counted from 1, and the phase; None for what nothing tells.

    An epoch is one way through the loader that is trained from, since the last optimizer was built.

    Args:
        drives: the loaders that are gone through.
        event: what is being told to observers, as in `Observer`.
        steps: optimizer steps done.
    """
    if event not in _PRESENT and event != "crashed":
        return None, None
    alive = [drive for drive in drives.open if drive.is_alive]
    training = next((drive for drive in alive if _trains(drive, drives)), None)
    epoch = None if training is None else drives.epoch(training)
    return epoch, None if event == "crashed" else _phase(alive[-1] if alive else None, drives, event, steps)


def placed(finding: Finding, drives: Drives, event: str, steps: int) -> Finding:
    """A finding with the epoch and the phase that it was seen in, if it was seen just now."""
    if finding.step is None:
        return finding
    epoch, phase = whereabouts(drives, event, steps)
    return replace(finding, epoch=epoch, phase=phase.value if phase is not None else None)


def _trains(drive: Drive, drives: Drives) -> bool:
    return drive.backwards or drive.steps or drive.place in drives.trained


def _phase(innermost: Drive | None, drives: Drives, event: str, steps: int) -> Phase | None:
    if event in _STEPPING:
        return Phase.TRAINING
    import torch  # only now: this is read before the user's program has imported it

    if not torch.is_grad_enabled() and _generates():
        return Phase.GENERATION
    if innermost is None:
        return None
    if _trains(innermost, drives):
        return Phase.TRAINING if torch.is_grad_enabled() else None
    if torch.is_grad_enabled():
        return None  # the first batch of a training looks like this, too
    return Phase.VALIDATION if steps else Phase.EVALUATION


def _generates() -> bool:
    """Whether a function that is called `generate` runs."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_DEEPEST):
        if frame is None:
            return False
        if frame.f_code.co_name == "generate":
            return True
        frame = frame.f_back
    return False
