"""Which probe costs what: how often each is told of which event, and how long that takes it."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from torchcheck.probe.session import Session
from torchcheck.rules.base import Rule

Key = tuple[str, str, bool]


class MeasuredSession(Session):
    """A session that takes the time of every event at every observer.

    Attributes:
        times: seconds of each call, by observer, event, and whether it came on a sampled step.
        samples: steps that were sampled.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__(rules)
        self.times: defaultdict[Key, list[float]] = defaultdict(list)
        self.samples = 0
        for observer in self._observers:
            _measure(observer, self)

    def stepped(self, who: object) -> None:
        self.samples += self.sampled
        super().stepped(who)


def _measure(observer: Any, session: MeasuredSession) -> None:
    """Replace the observer's class by one whose methods take their own time."""
    kind = type(observer)
    events = [name for name in vars(kind) if not name.startswith("_") and callable(getattr(kind, name))]
    timed = {event: _timed(getattr(kind, event), kind.__name__, event, session) for event in events}
    observer.__class__ = type(kind.__name__, (kind,), timed)


def _timed(original: Any, name: str, event: str, session: MeasuredSession) -> Any:
    def call(self: Any, *args: Any) -> None:
        sampled = session.sampled
        start = time.thread_time()
        try:
            original(self, *args)
        finally:
            session.times[name, event, sampled].append(time.thread_time() - start)

    return call


def table(session: MeasuredSession) -> list[str]:
    """Lines of text: the dearest first; calls and microseconds a step of that kind, and the median of a call."""
    steps = {True: max(session.samples, 1), False: max(session.step - session.samples, 1)}
    rows = []
    for (name, event, sampled), times in session.times.items():
        each = statistics.median(times)
        # The median stands for every call but the first ones: a process that was put aside would count as work.
        rows.append(
            (sampled, each * len(times) / steps[sampled] * 1e6, len(times) / steps[sampled], each * 1e6, name, event)
        )
    lines = []
    for sampled, title in ((False, "steps between samples"), (True, "sampled steps")):
        mine = sorted((row for row in rows if row[0] is sampled), key=lambda row: -row[1])
        total = sum(row[1] for row in mine)
        lines.append(f"{title}: {steps[sampled]}, {total:.1f} us a step in the observers")
        lines += [
            f"  {a_step:9.1f} us a step {calls:7.2f} calls of {each:8.1f} us   {name}.{event}"
            for _, a_step, calls, each, name, event in mine
            if a_step >= 0.05
        ]
    return lines
