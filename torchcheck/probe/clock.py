"""Which step it is, and whether it is measured."""

from __future__ import annotations

_SHORT_PHASES = 5  # a program that builds an optimizer every few steps does not begin a phase each time
_YOUNG = 20
_SETTLED = 200


def is_sampled(step: int, every: int | None = None) -> bool:
    """Whether step number `step` is measured: the first 10, then every 10th, 50th and 200th as they grow."""
    return step % _period(step, every) == 0


def _period(step: int, every: int | None) -> int:
    if every is not None:
        return every
    return 1 if step < 10 else 10 if step < _SETTLED else 50 if step < 2000 else 200


class Clock:
    """Counts steps. Where several optimizers take turns, a step is one round of theirs.

    Sampling begins anew with a new phase of the program: another fold, another stage, with an optimizer of its own.

    Attributes:
        step: steps done.
    """

    def __init__(self, every: int | None = None) -> None:
        self.step = 0
        self._every = every
        self._round: set[int] = set()
        self._phase = self._built = 0
        self._short_phases = 0

    def stepped(self, who: int) -> bool:
        """Somebody has stepped; whether that makes one step more."""
        if self._round and who not in self._round:
            self._round.add(who)
            return False
        self._round = {who}
        self.step += 1
        return True

    def begin_phase(self) -> None:
        """An optimizer was built."""
        self._round.clear()
        lasted, self._built = self.step - self._built, self.step
        if lasted == 0:
            return
        self._short_phases += lasted < _YOUNG
        if lasted >= _YOUNG or self._short_phases <= _SHORT_PHASES:
            self._phase = self.step

    @property
    def is_young(self) -> bool:
        """Whether the phase began not long ago."""
        return self.step - self._phase < _YOUNG

    @property
    def is_settled(self) -> bool:
        """Whether the phase has lasted so long that it is measured rarely."""
        return self.step - self._phase >= _SETTLED

    @property
    def is_near(self) -> bool:
        """Whether this step or the next one is measured."""
        return self.samples() or self.samples(ahead=1)

    @property
    def quiet_until(self) -> int:
        """The next step at which `is_young`, `is_near` or `samples` may give another answer."""
        if self.is_young or self.is_near:
            return self.step + 1
        offset = self.step if self._every is not None else self.step - self._phase
        period = _period(offset, self._every)
        return self.step + period - offset % period - 1

    def samples(self, ahead: int = 0) -> bool:
        """Whether the step that is `ahead` of the present one is measured."""
        if self._every is not None:
            return is_sampled(self.step + ahead, self._every)
        return is_sampled(self.step + ahead - self._phase)
