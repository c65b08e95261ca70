"""What the linter has to say, and the parts that it is put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torchcheck.finding import Finding, Span
from torchcheck.records import record


@dataclass(frozen=True)
class BrokenRule:
    """A rule that raised instead of judging: its code, the file that it was judging, and what it raised."""

    code: str
    filename: str
    error: str


@dataclass(frozen=True)
class Unjudged:
    """A file that was judged in part only, and why."""

    filename: str
    why: str


@dataclass(frozen=True)
class Understood:
    """How much of the program the linter could follow.

    Attributes:
        files: files that could be read.
        loops: training loops, or the bodies of them, whose order of events was judged.
        losses: losses seen; `judged` of them with an input that is known, `unknown` without.
    """

    files: int = 0
    loops: int = 0
    judged: int = 0
    unknown: int = 0

    @property
    def losses(self) -> int:
        return self.judged + self.unknown


@dataclass(frozen=True)
class LintResult:
    """What the linter has to say: findings sorted by place, rules that broke, and what it left out.

    Attributes:
        left_alone: files that hold no Python, with the reason.
        unjudged: files that were judged in part only.
        understood: how much of the rest could be followed.
    """

    findings: list[Finding]
    broken: list[BrokenRule]
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    unjudged: list[Unjudged] = field(default_factory=list)
    understood: Understood = field(default_factory=Understood)


Mark = tuple[str, str, int]
"""Something in a file that is counted: the file's name, how it is written there, and which of those it is."""
Spot = tuple[str, int, int]
"""A file's name, a row and a column."""


@record
class Part:
    """What came of one piece of work.

    Attributes:
        loops, judged, unknown: training loops, losses that were judged, and losses that could not be.
        reached: definitions of other files that were called, by path and label.
        used: places of activations in other files whose value is used by something that is no loss.
    """

    findings: list[Finding] = field(default_factory=list)
    broken: list[BrokenRule] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    unjudged: list[Unjudged] = field(default_factory=list)
    loops: set[Mark] = field(default_factory=set)
    judged: set[Mark] = field(default_factory=set)
    unknown: set[Mark] = field(default_factory=set)
    reached: list[tuple[str, str]] = field(default_factory=list)
    used: list[Spot] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "broken": [[broken.code, broken.filename, broken.error] for broken in self.broken],
            "left_alone": self.left_alone,
            "unjudged": [[unjudged.filename, unjudged.why] for unjudged in self.unjudged],
            "loops": sorted(self.loops),
            "judged": sorted(self.judged),
            "unknown": sorted(self.unknown),
            "reached": self.reached,
            "used": self.used,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Part:
        """What `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        loops, judged, unknown = (
            {(file, text, index) for file, text, index in data[kind]} for kind in ("loops", "judged", "unknown")
        )
        return cls(
            [Finding.from_json(finding) for finding in data["findings"]],
            [BrokenRule(*broken) for broken in data["broken"]],
            [(file, reason) for file, reason in data["left_alone"]],
            [Unjudged(*unjudged) for unjudged in data["unjudged"]],
            loops,
            judged,
            unknown,
            [(path, label) for path, label in data["reached"]],
            [(file, row, column) for file, row, column in data["used"]],
        )


def combined(parts: Iterable[Part], files: int) -> LintResult:
    """One result of many parts. Of what several say of one place, the first part's word counts."""
    findings: dict[tuple[str, Span], Finding] = {}
    broken: dict[tuple[str, str], BrokenRule] = {}
    left_alone: dict[str, str] = {}
    unjudged: dict[str, Unjudged] = {}
    loops: set[Mark] = set()
    judged: set[Mark] = set()
    unknown: set[Mark] = set()
    used: dict[str, list[Spot]] = {}
    for part in parts:
        for finding in part.findings:
            findings.setdefault((finding.code, finding.place), finding)
        broken |= {(b.code, b.filename): b for b in reversed(part.broken) if (b.code, b.filename) not in broken}
        left_alone |= dict(part.left_alone)
        unjudged |= {u.filename: u for u in part.unjudged if u.filename not in unjudged}
        loops |= part.loops
        judged |= part.judged
        unknown |= part.unknown
        for spot in part.used:
            used.setdefault(spot[0], []).append(spot)
    kept = [_still_fixable(finding, used.get(finding.filename, [])) for finding in findings.values()]
    understood = Understood(files, len(loops), len(judged), len(unknown - judged))
    return LintResult(
        sorted(kept, key=Finding.sort_key),
        sorted(broken.values(), key=lambda b: (b.filename, b.code)),
        sorted(left_alone.items()),
        sorted(unjudged.values(), key=lambda u: u.filename),
        understood,
    )


def _still_fixable(finding: Finding, used: list[Spot]) -> Finding:
    """Without the fix, where it would take away something that another file uses."""
    edits = finding.fix.edits if finding.fix is not None else ()
    if any(edit.start <= (row, column) <= edit.end for edit in edits for _, row, column in used):
        return replace(finding, fix=None)
    return finding


def to_json(result: LintResult) -> dict[str, Any]:
    """A result without broken rules as JSON types."""
    understood = result.understood
    return {
        "findings": [finding.to_json() for finding in result.findings],
        "left_alone": result.left_alone,
        "unjudged": [[unjudged.filename, unjudged.why] for unjudged in result.unjudged],
        "understood": [understood.files, understood.loops, understood.judged, understood.unknown],
    }


def from_json(data: Mapping[str, Any]) -> LintResult:
    """What `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    return LintResult(
        [Finding.from_json(finding) for finding in data["findings"]],
        [],
        [(filename, reason) for filename, reason in data["left_alone"]],
        [Unjudged(*unjudged) for unjudged in data["unjudged"]],
        Understood(*data["understood"]),
    )
