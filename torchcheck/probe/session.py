"""One watch: the rules that are asked, the observers that see, the step counter, and what was found."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import get_ident
from typing import TYPE_CHECKING, Any, Protocol

from torchcheck.facts.trail import Trail
from torchcheck.finding import Finding, Lens, Level, Span
from torchcheck.probe.clock import Clock
from torchcheck.probe.discover import Names
from torchcheck.probe.frames import user_place
from torchcheck.probe.listeners import Listeners
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.drives import Drives
from torchcheck.probe.phases.whereabouts import placed
from torchcheck.probe.silenced import Silenced
from torchcheck.probe.threads import Followed
from torchcheck.rules.base import Rule
from torchcheck.rules.judge import Judge
from torchcheck.rules.symptoms import without_symptoms

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from torchcheck.facts.curve import Curve
    from torchcheck.probe.recording.audience import Hearer
    from torchcheck.probe.recording.observer import Recording

__all__ = ["Observer", "Session", "Stop"]

FORWARDS_A_STEP = 64
"""Forward calls from outside every module that are watched in one sampled step; an evaluation pass has more."""

GLANCES = 4
"""Forward calls that are looked at where an evaluation may begin; the rest of it is like them."""

_TOLD_WITHIN = ("new_step", "paced", "drive_closed")
"""Events that are passed on though an observer is at work: what it does itself is no event, but these are ours."""

_OWN = frozenset({"start", "built", "new_step", "paced", "drive_closed", "crashed", "end"})
"""Events that a session tells of by itself, whatever thread it is called from."""

_FORWARD_EVENTS = ("before_root_forward", "after_root_forward", "before_forward", "after_forward", "root_entered")


class Stop(BaseException):
    """Ends the watched code from within: no `except Exception` of the user's catches it.

    Attributes:
        session: the session that asked for it.
        failed: whether a finding is the reason (`fail_fast`), not the number of steps.
    """

    def __init__(self, session: Session, *, failed: bool) -> None:
        super().__init__("stopped by torchcheck")
        self.session = session
        self.failed = failed


class Keeper(Protocol):
    """Keeps what was found, for other processes.

    Attributes:
        keeps_notes: whether there are others to compare this process with.
    """

    @property
    def keeps_notes(self) -> bool: ...

    def found(self, finding: Finding) -> None:
        """Keep a finding as soon as it is made."""

    def note(self, note: dict[str, Any]) -> None:
        """Keep what is to be compared."""


class Session:
    """One watch over a training run.

    Attributes:
        step: optimizer steps done; a round of several optimizers is one.
        clock: counts them and decides which are measured.
        sampled: whether the present step is measured. Between sampled steps nothing may read a value back from the
            device, and no module hook is installed.
        judge: asks the rules; hand its findings to `report`.
        names: how the user calls tensors, modules and optimizers.
        losses: the tensors of the present backward.
        retains: it, or the last one, keeps its graph, and makes none of its own.
        findings: what was found, in order.
        remarks: what was not seen, and what broke; one sentence each.
        followed: the thread that trains.
        drives: the loaders that are gone through.
        listeners: who is told of what.
        stop: ends the watched code at the next chance.
        busy: an observer is at work: what happens now is its doing, not the program's.
        scales: how the scales of weights, gradients, updates and activations went.
        curve_heard: told of each learning curve before it is judged.
        measured: what a sampled step has measured of layers so far, by the id of their weight and still on the device.
        explained: where a call is about to raise for a reason that was reported.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        every: int | None = None,
        steps: int | None = None,
        fail_fast: bool = False,
        observers: Sequence[Observer] | None = None,
        keeper: Keeper | None = None,
        hearers: Sequence[Hearer] = (),
    ) -> None:
        self.clock = Clock(every)
        self.sampled = self.clock.samples()
        self.judge = Judge(rules, Lens.RUNTIME, self._rule_broke)
        self.names = Names()
        self.losses: tuple[Tensor, ...] = ()
        self.retains = False
        self.remarks: list[str] = []
        self.active = False
        self.explained: Span | None = None
        self.followed = Followed()
        self._last_step, self._fail_fast, self._keeper = steps, fail_fast, keeper
        self._recording: Recording | None = None  # a probe that can't be imported is remarked upon before there is one
        self._observers = list(observers) if observers is not None else self._find_observers()
        self.drives = Drives()
        self.listeners = Listeners()
        self.scales = Trail()
        self.curve_heard: Callable[[Curve], None] | None = None
        self._recording = self._record(hearers)
        self.measured: dict[int, dict[str, Tensor]] = {}
        self._findings: dict[tuple[str, str, int, str | None], Finding] = {}
        self._times: Counter[tuple[str, str, int, str | None]] = Counter()
        self._last_seen: dict[tuple[str, str, int, str | None], int] = {}
        self._silenced = Silenced()
        self._due = 0
        self._forwards = self._glances = 0
        self.busy = False
        self._event = ""
        self.stop: Stop | None = None

    # What observers and rules call.

    def report(self, findings: Iterable[Finding]) -> None:
        """Keep new findings. One that stands already (same rule, line and module) is only counted, once a step."""
        for finding in findings:
            key = (finding.code, finding.filename, finding.row, finding.module)
            if self._silenced.covers(finding):
                continue
            if self._last_seen.get(key) != self.step:
                self._times[key] += 1
                self._last_seen[key] = self.step
            if key not in self._findings:
                self._findings[key] = finding = placed(finding, self.drives, self._event, self.step)
                if self._keeper is not None:
                    self._keeper.found(finding)
            if self._fail_fast and finding.level is Level.ERROR:
                self._stop(failed=True)

    def remark(self, text: str) -> None:
        """Say something about the watch itself, once."""
        if text not in self.remarks:
            self.remarks.append(text)
            if self._recording is not None:
                self._recording.tell("remark", {"text": text})

    @property
    def keeps_notes(self) -> bool:
        """Whether somebody compares this process with others."""
        return self._keeper is not None and self._keeper.keeps_notes

    def note(self, note: dict[str, Any]) -> None:
        """Write something down that is compared with what other processes noted."""
        if self._keeper is not None:
            self._keeper.note(note)

    def user_place(self) -> Span:
        """The innermost line of the user's own code on the stack."""
        return user_place()

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        return self.clock.step

    def stepped(self, who: object) -> None:
        """An optimizer, or whoever updates weights by hand, has stepped."""
        if not self.clock.stepped(id(who)):
            return
        self._forwards = 0
        if self.clock.step >= self._due:
            self._resample()
        if "new_step" in self.listeners.now:
            self.tell("new_step")
        if self.clock.step >= self._due:  # only now: who rests from here on has heard that the sample is over
            self._pace()
        if self._last_step is not None and self.step >= self._last_step:
            self._stop(failed=False)

    def _stop(self, *, failed: bool) -> None:
        from torchcheck.probe.patches import HUB

        self.stop = self.stop or Stop(self, failed=failed)
        HUB.stopping = True

    @property
    def stopped(self) -> bool:
        """Whether the watched code ends before its time."""
        return self.stop is not None

    def mute(self, observer: Observer, muted: bool, event: str | None = None) -> None:
        """Stop telling an observer what happens, or go on; it still hears of new steps, optimizers and the end.

        Args:
            event: of this one alone, whatever it is.
        """
        self.listeners.mute(observer, muted, event)

    @property
    def findings(self) -> list[Finding]:
        """What was found, in order; one seen in several steps says in how many in its evidence, as `times`."""
        return without_symptoms(self._counted(key, finding) for key, finding in self._findings.items())

    # What the hub calls.

    def start(self) -> None:
        """Start the observers whose facts some rule judges, and put torch under watch."""
        from torchcheck.probe.patches import HUB

        wanted = [o for o in self._observers if not o.facts or any(self.judge.wants(kind) for kind in o.facts)]
        wanted.insert(0, self.drives)
        for observer in wanted:
            observer.session = self
            self.listeners.add(observer)
        self.active = True
        HUB.add(self)
        self.tell("start", self)
        self._sample(self.sampled)

    def end(self, error: BaseException | None = None) -> None:
        """End the watch, whatever happened; a second call does nothing."""
        from torchcheck.probe.patches import HUB

        if not self.active:
            return
        self.active = False
        HUB.remove(self)
        if error is not None and not isinstance(error, Stop):
            self.tell("crashed", error)
        self.tell("end")

    def hears(self, event: str) -> bool:
        """Whether any observer listens to this event."""
        return event in self.listeners.now

    def tell(self, event: str, *args: Any) -> None:
        """Pass an event of the thread that is followed to the observers that listen.

        What an observer does itself is no event.
        """
        listeners = self.listeners.now.get(event)
        if listeners is None or (self.busy and event not in _TOLD_WITHIN):
            return
        if self.followed.thread != get_ident() and event not in _OWN and not self.followed.here():
            return
        was_busy, self.busy, was_event, self._event = self.busy, True, self._event, event
        try:
            for listener in listeners:
                try:
                    listener(*args)
                except Exception as error:
                    self._observer_broke(listener.__self__, error)  # type: ignore[attr-defined]
        finally:
            self.busy, self._event = was_busy, was_event

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """An optimizer was constructed."""
        self.names.saw_built(optimizer, place)
        self.clock.begin_phase()
        self._pace()
        self.tell("built", optimizer, place)
        self._resample()

    def root_called(self) -> None:
        """Count a forward call from outside every module; too many in one step are no training."""
        self._forwards += 1
        self._glances -= 1
        if self._forwards > FORWARDS_A_STEP or not (self.sampled or self._glances >= 0):
            self._sample(self.sampled and self._forwards <= FORWARDS_A_STEP)

    def glance(self) -> None:
        """Look at the next few calls of models, on whatever step: something hints that they are an evaluation."""
        self._glances = GLANCES
        self._sample(self.sampled)

    def _pace(self) -> None:
        """Let observers rest until the next sample is near."""
        self._due = self.clock.quiet_until
        self.listeners.rest(not self.clock.is_near)
        self.tell("paced")

    def _resample(self) -> None:
        sampled = self.clock.samples()
        if sampled or self.sampled:
            self._sample(sampled)

    def _sample(self, sampled: bool) -> None:
        from torchcheck.probe.patches import HUB

        self.sampled = sampled
        wanted = (sampled and any(map(self.hears, _FORWARD_EVENTS))) or (
            self._glances > 0 and self.hears("root_entered")
        )
        HUB.watch_forwards(self, wanted and self.active)

    def _counted(self, key: tuple[str, str, int, str | None], finding: Finding) -> Finding:
        times = self._times[key]
        return finding if times < 2 else replace(finding, evidence={**finding.evidence, "times": times})

    def _record(self, hearers: Sequence[Hearer]) -> Recording | None:
        """Let others hear of the run: what is found, and what an observer tells of sampled steps."""
        if not hearers:
            return None
        from torchcheck.probe.recording.keeping import Keeping
        from torchcheck.probe.recording.observer import Recording

        recording = Recording(hearers, self.remark)
        self._observers.append(recording)
        self._keeper = Keeping(self._keeper, recording.tell)
        self.scales.heard = recording.tell_scales
        self.curve_heard = recording.tell_curve
        return recording

    def _find_observers(self) -> list[Observer]:
        package = importlib.import_module("torchcheck.probe")
        found: list[type[Observer]] = []
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            try:
                module = importlib.import_module(info.name)
            except Exception as error:
                self.remark(_broken(f"the probe `{info.name.removeprefix('torchcheck.probe.')}`", error))
                continue
            found += [
                thing
                for thing in vars(module).values()
                if isinstance(thing, type) and issubclass(thing, Observer) and thing.__module__ == module.__name__
            ]
        return [kind() for kind in found if kind not in (Observer, Drives) and not kind.on_request]

    def _observer_broke(self, observer: Observer, error: Exception) -> None:
        self.listeners.remove(observer)
        self.remark(_broken(f"the probe `{type(observer).__name__}`", error))

    def _rule_broke(self, rule: Rule, error: Exception) -> None:
        self.remark(_broken(f"the rule {rule.code} ({rule.name})", error))


def _broken(who: str, error: Exception) -> str:
    return (
        f"{who[0].upper()}{who[1:]} broke and was switched off ({type(error).__name__}: {error}); "
        "the training goes on. Please report this to torchcheck."
    )
