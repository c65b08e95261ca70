"""The work on one unit: interpret its files, and put what that shows before the rules."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from torchcheck.facts.step import Act, StepTrace
from torchcheck.finding import Finding
from torchcheck.lint.bench import Bench, with_fixes_located
from torchcheck.lint.entry import reached_elsewhere, visit_functions, visit_top_level
from torchcheck.lint.glance import TOP_LEVEL
from torchcheck.lint.interp.accumulations import accumulations
from torchcheck.lint.interp.lives import scheduler_lives
from torchcheck.lint.interp.machine import Machine
from torchcheck.lint.interp.passes import passes
from torchcheck.lint.interp.severed import gradient_cuts
from torchcheck.lint.interp.states import kept_states
from torchcheck.lint.interp.traces import Run, traces
from torchcheck.lint.interp.training import optimizer_lives
from torchcheck.lint.project import Project
from torchcheck.lint.result import BrokenRule, Part, Spot, Unjudged
from torchcheck.lint.source import NodePlace, SourceFile
from torchcheck.lint.units import Unit

_MOST_SPOTS = 20


def interpret(
    project: Project, bench: Bench, unit: Unit, reached: Mapping[str, Container[str]], reported: Container[str]
) -> Part:
    """What a unit gives.

    Args:
        project: where its files and what they import are found.
        bench: the rules.
        unit: the files, and what in them is wanted.
        reached: for each of its files the labels of functions that others have called.
        reported: the files to report on, by absolute path.
    """
    m = Machine(project)
    m.budget *= len(unit.wanted)
    runs = [run for key, names in unit.wanted.items() if TOP_LEVEL in names for run in visit_top_level(m, key)]
    for key, names in unit.wanted.items():
        runs += visit_functions(m, key, names, reached.get(key, ()))
    files = {scope.file for key, scope in m.scopes.items() if key in reported}
    own = {m.scopes[key].file for key in unit.wanted if key in m.scopes}
    part = Part()
    judging = _Judging(m, bench, files, part)
    judging.facts()
    for run in runs:
        judging.run(run)
    part.findings = with_fixes_located(part.findings, files)
    part.broken = bench.broken + [BrokenRule("interpreter", filename, error) for filename, error in m.failures]
    part.unjudged = [Unjudged(filename, why) for filename, why in m.exhausted.items()]
    part.loops = m.tally.loops(files)
    part.judged, part.unknown = m.tally.losses(files)
    part.reached = sorted(entry for entry in reached_elsewhere(m, unit.wanted) if entry[0] in reported)
    part.used = sorted(_used_elsewhere(m, own, files))
    return part


class _Judging:
    """Puts facts before the rules, and keeps what they say of the files to report on, once for each place.

    What goes wrong between the interpreter and the rules is told, and the rest is judged.
    """

    def __init__(self, m: Machine, judge: Bench, files: set[SourceFile], part: Part) -> None:
        self._m = m
        self._judge = judge
        self._files = files
        self._part = part

    def facts(self) -> None:
        """Put what was seen in all runs before the rules."""
        facts = self._m.facts
        for kind, found in (
            ("loss", facts.losses),
            ("softmax", facts.softmaxes),
            ("cut", facts.cuts),
            ("rewrapped", facts.rewrapped),
            ("kept", facts.kept),
            ("retained", facts.retained),
            ("generator", facts.generators),
            ("by_hand", facts.by_hand),
            ("optimizer", facts.optimizers),
        ):
            self._put(kind, partial(iter, found))
        for kind, file, fact in facts.told:
            self._put(kind, partial(iter, [(file, fact)]))
        self._put("state_kept", lambda: kept_states(self._m))

    def run(self, run: Run) -> None:
        """Put what a run shows as a whole before the rules."""
        if not run.cut:
            self._put("accumulation", lambda: accumulations(run))
            self._put("scheduler", lambda: scheduler_lives(run, self._m.memory))
            seen = cache(lambda: list(passes(run)))
            self._put("passes", seen)
            self._put("modes", seen)
            lives = cache(lambda: list(optimizer_lives(run, self._m.ownership)))
            self._put("training", lives)
            self._put("life", lives)
            self._put("unowned", lives)
            rewrapped = [fact.place for _, fact in self._m.facts.rewrapped]
            self._put("severed", lambda: gradient_cuts(run, self._m.ownership, rewrapped))
        self._steps(run)

    def _put(self, kind: str, facts: Callable[[], Iterable[tuple[SourceFile, Any]]]) -> None:
        if self._judge.wants(kind):
            with self._guarded():
                for file, fact in facts():
                    if file in self._files:
                        self._add(getattr(self._judge.of(file), kind)(fact))

    def _steps(self, run: Run) -> None:
        with self._guarded():
            for group in traces(run):
                said: set[str] = set()
                for file, trace in group:
                    if file not in self._files:
                        continue
                    self._count(trace)
                    judge = self._judge.of(file)
                    found = judge.steps(trace) + judge.order(trace)
                    self._add([finding for finding in found if finding.code not in said])
                    said |= {finding.code for finding in found}

    def _count(self, trace: StepTrace) -> None:
        at = next((event.place for event in trace.events if event.act is Act.BACKWARD), trace.events[0].place)
        if isinstance(at, NodePlace):
            self._m.tally.loop(at.file, at.node)

    def _add(self, findings: list[Finding]) -> None:
        self._part.findings += findings

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """A program that is not foreseen must not stop the linter."""
        try:
            yield
        except Exception as error:
            names = sorted(file.name for file in self._files)
            self._m.failures += [(name, f"{type(error).__name__}: {error}") for name in names[:1]]


def _used_elsewhere(m: Machine, own: set[SourceFile], files: set[SourceFile]) -> Iterator[Spot]:
    """Where, in files of others, an activation stands whose value is used for something that is no loss.

    Every place that reads alike is named: to tell them apart costs more than a fix that is left out.
    """
    for applied in m.activations():
        file = applied.place.file
        if applied.other_uses and file in files and file not in own:
            text = file.text_of(applied.place.node)
            start = file.text.find(text) if text else -1
            for _ in range(_MOST_SPOTS):
                if start < 0:
                    break
                before = file.text[:start]
                yield file.name, before.count("\n") + 1, start - before.rfind("\n")
                start = file.text.find(text, start + 1)
