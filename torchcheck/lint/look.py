"""The work on one file by itself: whether it can be read, what it uses and defines, and what its syntax shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from torchcheck.facts import unreadable as facts
from torchcheck.finding import Span
from torchcheck.lint.bench import Bench, with_fixes_located
from torchcheck.lint.codes import Codes
from torchcheck.lint.glance import Glance, glance
from torchcheck.lint.project import Project
from torchcheck.lint.result import BrokenRule, Part
from torchcheck.lint.source import SourceFile, Unreadable
from torchcheck.records import record
from torchcheck.rules.base import CODE_FACTS


@record
class Looked:
    """What was seen of a file.

    Attributes:
        glances: for each program in it the first look.
        part: what is to be said of the file.
    """

    glances: dict[str, Glance] = field(default_factory=dict)
    part: Part = field(default_factory=Part)

    def to_json(self) -> dict[str, Any]:
        glances = {key: seen.to_json() for key, seen in self.glances.items()}
        return {"glances": glances, "part": self.part.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Looked:
        """What `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        glances = {key: Glance.from_json(seen) for key, seen in data["glances"].items()}
        return cls(glances, Part.from_json(data["part"]))


class Looking:
    """Looks at one file after the other.

    Args:
        project: what they import is found there.
        bench: the rules.
    """

    def __init__(self, project: Project, bench: Bench) -> None:
        self._project = project
        self._bench = bench
        self._codes = Codes(project)

    def look(self, path: Path) -> Looked:
        """Look at a file to report on."""
        self._project.begin()
        self._bench.begin()
        seen = Looked()
        try:
            programs = self._project.programs(path)
        except Unreadable as error:
            seen.part.findings += self._bench.of(str(path)).unreadable(_unreadable(path, error))
            programs = {}
        failed = []
        for key, file in programs.items():
            try:
                self._look_at(seen, key, file)
            except Exception as error:  # a program that is not foreseen must not stop the linter
                failed.append(BrokenRule("reader", file.name, f"{type(error).__name__}: {error}"))
        seen.part.findings = with_fixes_located(seen.part.findings, programs.values())
        seen.part.broken = self._bench.broken + failed
        return seen

    def _look_at(self, seen: Looked, key: str, file: SourceFile) -> None:
        """What can't be read of a program is told, but not of a block in a page."""
        judge = self._bench.of(file)
        if file.language != "python":
            seen.part.left_alone.append((file.name, f"a notebook of {file.language}"))
            return
        if file.is_too_large:
            reason = f"{len(file.text) / 1e6:.1f} MB of code, which only a program can have written"
            seen.part.left_alone.append((file.name, reason))
            return
        for error in file.broken:
            seen.part.findings += judge.unreadable(_unreadable(file.path, error, file))
        try:
            file.tree = self._codes.known_tree(file, key) or file.look()
        except Unreadable as error:
            if file.rows is None:
                seen.part.findings += judge.unreadable(_unreadable(file.path, error, file))
            return
        seen.glances[key] = glance(file.tree)
        if any(map(judge.wants, CODE_FACTS)):
            view = self._codes.view(file, key)
            seen.part.findings += judge.code(view) if view is not None else []
            self._codes.recall(key)
            self._codes.rest()
        file.tree = None


def _unreadable(path: Path, error: Unreadable, file: SourceFile | None = None) -> facts.Unreadable:
    span = Span(str(path), error.position, error.position)
    return facts.Unreadable(reason=error.reason, place=file.located(span) if file else span, help=error.help)
