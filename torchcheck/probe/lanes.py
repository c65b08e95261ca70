"""The history of one parameter's gradient, read from the gradient itself.

A gradient is recognised by a mark on the tensor: torch keeps the Python object of `p.grad`, so the mark lives exactly
as long as the gradient. Torch counts every write in `_version`. The same object at the same version was not cleared,
and nothing has to be read from the device to know it (`.grad.data.zero_()` alone escapes the count).
"""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import replace
from weakref import ref

import torch
from torch import Tensor

from torchcheck.facts.step import Act, Event

_LONGEST = 512  # events kept: two steps with 250 micro-batches each
ASIDE = frozenset({Act.CLIP, Act.UNSCALE, Act.UPDATE_SCALE, Act.BY_HAND})
"""What is done with gradients that are neither made, used nor cleared by it."""
_SLICE = 64  # elements compared to tell whether a weight was changed


class Change(enum.Enum):
    """What became of a gradient between two looks."""

    NONE = "the same object at the same version"
    ADDED = "there was none before"
    REMOVED = "set to None"
    WRITTEN = "the same object, written to"
    REPLACED = "another object"


class Lane:
    """One parameter: its gradient's last state, its weight's, and the events in order.

    Attributes:
        key: id of the parameter.
        events: since the step before the last one.
        backwards, clears: how many there were in all.
        used: the gradient that is there now was used by a step.
        edited: the user's code has changed it since the last backward, other than to clear it.
    """

    def __init__(self, parameter: Tensor, mark: str) -> None:
        self._parameter = ref(parameter)
        self.key = id(parameter)
        self._mark = mark
        self._has = False
        self._version = 0
        self._weight_version = parameter._version
        self._slice: Tensor | None = None
        self.events: deque[Event] = deque(maxlen=_LONGEST)
        self.backwards = self.clears = 0
        self.used = self.edited = False
        self._doubted = self._filled = False
        self.change()

    @property
    def parameter(self) -> Tensor | None:
        """The parameter, if it is alive."""
        return self._parameter()

    def change(self) -> Change:
        """What became of the gradient since the last look, which this one replaces."""
        parameter = self._parameter()
        grad = parameter.grad if parameter is not None else None
        had, version = self._has, self._version
        self._has = grad is not None
        if grad is None:
            return Change.REMOVED if had else Change.NONE
        same = getattr(grad, self._mark, None) == id(grad)
        self._version = grad._version
        if not same:
            setattr(grad, self._mark, id(grad))
            return Change.REPLACED if had else Change.ADDED
        if not had:
            return Change.ADDED
        return Change.NONE if version == self._version else Change.WRITTEN

    @property
    def has_gradient(self) -> bool:
        """Whether there was a gradient at the last look."""
        return self._has

    def is_zero(self) -> bool:
        """Whether every element of the gradient is 0. Reads from the device: sampled steps only."""
        parameter = self._parameter()
        grad = parameter.grad if parameter is not None else None
        if grad is None:
            return True
        with torch.no_grad():
            values = grad._values() if grad.is_sparse else getattr(grad, "_local_tensor", grad)
            return not bool(torch.count_nonzero(values.detach()))

    def add(self, event: Event) -> None:
        """Append an event, and keep in mind what it means for the gradient."""
        self.events.append(event)
        if event.act is Act.BACKWARD:
            self.backwards += 1
        elif event.act is Act.STEP:
            self.used = True
        elif event.act not in ASIDE:
            self.clears += event.act is Act.CLEAR
            self.used = False

    @property
    def main(self) -> tuple[Event, ...]:
        """The events without clipping and scaling."""
        return tuple(event for event in self.events if event.act not in ASIDE)

    def reached(self, resolve: bool) -> None:
        """A backward has reached the gradient. Where one was found all zero before, see whether this one is not."""
        self._filled = self._doubted and resolve and not self.is_zero()
        self.edited = False

    def written(self, clear: Event) -> None:
        """Somebody wrote to the gradient: `clear` it is if only zeros are left. Reads from the device.

        The first time it may have been zero before. From then on that is looked up, and the clear is certain.
        """
        if self.is_zero():
            self._doubted = True
            self.add(replace(clear, certain=clear.certain and self._filled))
        else:
            self.edited = True
            self.add(replace(clear, act=Act.BY_HAND))

    def forget(self) -> None:
        """Begin anew: nothing is known of what led to the gradient that is there now."""
        self.change()
        self.events.clear()
        self.used = False

    def doubt_clears(self) -> None:
        """The clears so far had a purpose that nothing else shows."""
        certain = [replace(e, certain=e.certain and e.act is not Act.CLEAR) for e in self.events]
        self.events = deque(certain, maxlen=_LONGEST)

    def forget_old(self) -> None:
        """Drop what lies before the last step but one."""
        steps = 0
        for index in range(len(self.events) - 1, -1, -1):
            steps += self.events[index].act is Act.STEP
            if steps == 3:
                for _ in range(index + 1):
                    self.events.popleft()
                return

    def weight_was_written(self) -> bool:
        """Whether torch counted a write to the weight since the last question. Reads nothing from the device."""
        parameter = self._parameter()
        if parameter is None:
            return False
        before, self._weight_version = self._weight_version, parameter._version
        return before != self._weight_version

    def weight_changed(self) -> bool:
        """Whether values of the weight differ from those at the last question; sees writes through `.data` too.

        Compares some elements of it, spread evenly. Reads from the device: sampled steps only.
        """
        parameter = self._parameter()
        if parameter is None:
            return False
        before, self._slice = self._slice, some_elements(parameter)
        return before is not None and not same_elements(before, self._slice)

    def unmark(self) -> None:
        """Take the mark off the gradient."""
        parameter = self._parameter()
        grad = parameter.grad if parameter is not None else None
        if grad is not None and hasattr(grad, self._mark):
            delattr(grad, self._mark)


def some_elements(parameter: Tensor) -> Tensor:
    """Copies of some elements, spread evenly."""
    with torch.no_grad():
        values = getattr(parameter, "_local_tensor", parameter).detach().reshape(-1)
        return values[:: max(1, values.numel() // _SLICE)].clone()


def same_elements(one: Tensor, two: Tensor) -> bool:
    """Whether two such copies are alike. Reads from the device."""
    return one.shape == two.shape and one.device == two.device and bool(((one == two) | (one != one)).all())
