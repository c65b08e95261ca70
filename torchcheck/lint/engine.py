"""Lint files: look at each, then interpret those that can matter, users before what they use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torchcheck.finding import Finding
from torchcheck.lint.bench import Bench
from torchcheck.lint.cache.keep import Cache, can_keep
from torchcheck.lint.dependencies import Dependencies, World
from torchcheck.lint.look import Looked, Looking
from torchcheck.lint.project import Project
from torchcheck.lint.relevance import Relevance
from torchcheck.lint.result import BrokenRule as BrokenRule
from torchcheck.lint.result import LintResult as LintResult
from torchcheck.lint.result import Part, combined
from torchcheck.lint.result import Understood as Understood
from torchcheck.lint.result import Unjudged as Unjudged
from torchcheck.lint.room import room_to_work
from torchcheck.lint.schedule import Schedule
from torchcheck.lint.unused import Unused
from torchcheck.rules.base import FACT_LENSES, NOT_INTERPRETED, Rule
from torchcheck.rules.symptoms import without_symptoms

if TYPE_CHECKING:
    from concurrent.futures import Future

    from torchcheck.lint.workers import Workers

_FEW = 20
"""Files that are not worth the start of other processes."""
_SHARE = 8
"""Files for each of them: a start takes as long as some files do."""

Progress = Callable[[int, int], None]
"""Told how many of how many files are done."""


def lint_files(
    paths: Sequence[Path],
    rules: Sequence[Rule],
    *,
    sources: Mapping[Path, str | bytes] | None = None,
    partial: bool = False,
    cache: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> LintResult:
    """Lint files. What they import from the project is read for its meaning, and not reported on.

    Args:
        paths: the files to report on; findings name them as given.
        rules: the rules to ask.
        sources: contents that override what is on disk.
        partial: the paths are some files of a project, so that others may call what is in them.
        cache: the directory where results are kept; nothing is kept of contents that override the disk.
        jobs: how many processes share the work, where there is enough of it; the result is the same.
        progress: told how many of how many files are done.

    Returns:
        Findings, sorted and not suppressed by anything, and what could not be judged.
    """
    world = World()
    kept = None
    names = {os.path.abspath(path): str(path) for path in paths}
    if cache is not None and not sources and can_keep(rules):
        kept = Cache(cache, rules, names, world, partial=partial)
        if (known := kept.run()) is not None:
            return known
    useful = min(jobs, len(paths) // _SHARE) if len(paths) >= _FEW and not sources else 1
    others = _others(useful, rules, names) if useful > 1 else None
    try:
        with room_to_work() as tidy:
            linter = _Linter(paths, rules, Project(sources or {}, names, world), kept, others)
            result = linter.lint(progress or (lambda done, of: None), tidy)
    finally:
        if others is not None:
            others.close()
    result = replace(result, findings=without_symptoms(result.findings))
    result = _with_unused(result, paths, rules, sources or {}, partial=partial)
    if kept is not None:
        kept.keep_run(result)
    return result


def _others(number: int, rules: Sequence[Rule], names: Mapping[str, str]) -> Workers | None:
    from torchcheck.lint.workers import workers

    return workers(number, rules, names)


def _with_unused(
    result: LintResult,
    paths: Sequence[Path],
    rules: Sequence[Rule],
    sources: Mapping[Path, str | bytes],
    *,
    partial: bool,
) -> LintResult:
    """The result with what it says of the comments that silence findings."""
    broken = list(result.broken)
    doubtful = {name for failed in broken for name in (failed.code, failed.filename)} | {
        n for n, _ in result.left_alone
    }

    def broke(rule: Rule, error: Exception) -> None:
        broken.append(BrokenRule(rule.code, "", f"{type(error).__name__}: {error}"))

    found = Unused(rules, doubtful, partial=partial, on_error=broke).findings(paths, result.findings, sources)
    return replace(result, findings=sorted([*result.findings, *found], key=Finding.sort_key), broken=broken)


class _Linter:
    """One run.

    Args:
        paths: the files to report on.
        rules: the rules to ask.
        project: where they are read.
        cache: what is known from earlier runs.
        workers: other processes that do the work.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        rules: Sequence[Rule],
        project: Project,
        cache: Cache | None,
        workers: Workers | None,
    ) -> None:
        self._paths = list({os.path.abspath(path): path for path in paths}.values())
        self._project = project
        self._cache = cache
        self._workers = workers
        self._bench = Bench(rules)

    def lint(self, progress: Progress, tidy: Callable[[], None]) -> LintResult:
        files = len(self._paths)
        relevance = Relevance(self._project)
        parts: list[Part] = []
        reported: list[str] = []
        for number, looked in enumerate(self._look_at_all(), start=1):
            parts.append(looked.part)
            for key, seen in looked.glances.items():
                reported.append(key)
                relevance.add(key, seen)
            progress(number // 2, files)
            tidy()
        self._project.begin()
        schedule = Schedule(relevance.units(reported) if self._follows_values() else [])
        del relevance
        if self._cache is not None:
            self._cache.needed.add(self._project.dependencies())
        self._prepare(reported)
        for _ in self._interpret_all(schedule, frozenset(reported)):
            tidy()
            progress(files // 2 + (files - files // 2) * schedule.finished // len(schedule.units), files)
        progress(files, files)
        return combined([*parts, *schedule.parts()], len(reported))

    def _follows_values(self) -> bool:
        return any(map(self._bench.wants, FACT_LENSES.keys() - NOT_INTERPRETED))

    # -- files -------------------------------------------------------------------------------------------------------

    def _look_at_all(self) -> Iterator[Looked]:
        looking = Looking(self._project, self._bench)
        known = {path: self._cache.looked(path) for path in self._paths} if self._cache is not None else {}
        missing = [path for path in self._paths if known.get(path) is None]
        asked = {path: self._workers.submit({"look": str(path)}) for path in missing} if self._workers else {}
        for path in self._paths:
            looked = known.pop(path, None)
            if looked is None:
                answer = _answer(asked.pop(path, None))
                looked = Looked.from_json(answer["result"]) if answer else looking.look(path)
                needed = Dependencies.from_json(answer["needed"]) if answer else self._project.dependencies()
                if self._cache is not None:
                    self._cache.keep_looked(path, looked, needed)
            yield looked

    # -- units -------------------------------------------------------------------------------------------------------

    def _prepare(self, reported: list[str]) -> None:
        if self._workers is not None:
            self._workers.tell({"reported": reported})

    def _interpret_all(self, schedule: Schedule, reported: frozenset[str]) -> Iterator[None]:
        """Each unit as soon as those that may reach it are done."""
        running: dict[Future[dict[str, Any]], int] = {}
        while True:
            while (index := schedule.next()) is not None:
                unit, told = schedule.units[index], _told(schedule, index)
                known = self._cache.part(unit.name, told) if self._cache is not None else None
                if known is None and self._workers is not None:
                    running[self._workers.submit(told)] = index
                    continue
                schedule.finish(index, known or self._part(schedule, index, reported, None))
                yield
            if not running:
                return
            from concurrent.futures import FIRST_COMPLETED, wait

            for future in wait(running, return_when=FIRST_COMPLETED).done:
                index = running.pop(future)
                schedule.finish(index, self._part(schedule, index, reported, _answer(future)))
                yield

    def _part(self, schedule: Schedule, index: int, reported: frozenset[str], answer: Mapping[str, Any] | None) -> Part:
        """What a unit gives, by the answer of another process or, where there is none, by our own work."""
        unit = schedule.units[index]
        if answer:
            part, needed = Part.from_json(answer["result"]), Dependencies.from_json(answer["needed"])
        else:
            from torchcheck.lint.interpret import interpret

            self._project.begin()
            self._bench.begin()
            part = interpret(self._project, self._bench, unit, schedule.reached(index), reported)
            needed = self._project.dependencies()
        if self._cache is not None:
            self._cache.keep_part(unit.name, _told(schedule, index), part, needed)
        return part


def _told(schedule: Schedule, index: int) -> dict[str, Any]:
    """All that a unit's result is made from, but for the files."""
    reached = {key: sorted(labels) for key, labels in schedule.reached(index).items()}
    return {"unit": schedule.units[index].to_json(), "reached": reached}


def _answer(future: Future[dict[str, Any]] | None) -> dict[str, Any] | None:
    """What another process has found; None where it has not."""
    if future is None:
        return None
    from torchcheck.lint.workers import Lost

    try:
        return future.result()
    except Lost:
        return None
