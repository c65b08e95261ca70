"""What torchcheck says: one mistake, where it is, why it matters, and the change to make."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

JSON = None | bool | int | float | str | list[Any] | dict[str, Any]


class Level(str, enum.Enum):
    """How sure a finding is: `error` almost certainly a bug, `warning` usually one, `info` advice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def reaches(self, other: Level) -> bool:
        """Whether this level is at least as grave as `other`."""
        return _GRAVITY[self] >= _GRAVITY[other]


_GRAVITY = {Level.INFO: 0, Level.WARNING: 1, Level.ERROR: 2}


class Lens(str, enum.Enum):
    """Who saw it: the linter in the source, the probes in the run, or both at one place; the exam before the run."""

    STATIC = "static"
    RUNTIME = "runtime"
    EXAM = "exam"
    BOTH = "static+runtime"


class Position(NamedTuple):
    """A row and a column of a text, both counted from 1, the column in characters."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one source file. Also the place of everything that the probes see."""

    filename: str
    start: Position
    end: Position
    cell: int | None = None

    def __hash__(self) -> int:
        """Of its beginning: the probes look up places often, and few begin where another does."""
        return hash((self.filename, self.start.row, self.start.column))

    def span(self) -> Span:
        """Itself: a span is its own place (see `facts.place.Place`)."""
        return self

    def __str__(self) -> str:
        """`train.py:12`, or `cell 3:12` in a notebook."""
        row = self.start.row
        return f"{self.filename}:{row}" if self.cell is None else f"cell {self.cell}:{row}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text from `start` up to `end` by `content`, in a notebook within one cell."""

    start: Position
    end: Position
    content: str
    cell: int | None = None

    def to_json(self) -> dict[str, JSON]:
        data: dict[str, JSON] = {
            "content": self.content,
            "location": _position(self.start),
            "end_location": _position(self.end),
        }
        return data if self.cell is None else data | {"cell": self.cell}


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends the mistake, in the file of its finding.

    `safe` fixes keep what the program computes; every fix that changes a number or a behaviour is unsafe.
    """

    message: str
    edits: tuple[Edit, ...]
    safe: bool = False

    def to_json(self) -> dict[str, JSON]:
        return {
            "applicability": "safe" if self.safe else "unsafe",
            "message": self.message,
            "edits": [edit.to_json() for edit in self.edits],
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake at one place, as every door shows it.

    Attributes:
        code, name: of the rule, as in `TCK101` and `softmax-before-cross-entropy`.
        level: error, warning or info.
        message: what is wrong, in the user's own names.
        why: one sentence: what it does to the training.
        help: the change to make.
        place: file, rows and columns; columns count characters from 1.
        lens: who saw it.
        module: dotted path of the module concerned, as in `named_modules()`.
        step: optimizer steps done when it was seen, counted from 0.
        epoch: how many times the program had begun to go through its training data by then; None where nothing tells.
        phase: what it did: `training`, `validation`, `evaluation` or `generation`; None where nothing tells.
        evidence: the numbers that prove it; JSON types only.
        fix: an edit of the same file, if there is one.
    """

    code: str
    name: str
    level: Level
    message: str
    why: str
    help: str
    place: Span
    lens: Lens
    module: str | None = None
    step: int | None = None
    evidence: Mapping[str, JSON] = field(default_factory=dict)
    fix: Fix | None = None
    url: str | None = None
    epoch: int | None = None
    phase: str | None = None

    @property
    def filename(self) -> str:
        return self.place.filename

    @property
    def row(self) -> int:
        return self.place.start.row

    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """Path, then cell, line, column and code."""
        place = self.place
        return (place.filename, place.cell or 0, *place.start, self.code, self.message)

    def to_json(self) -> dict[str, JSON]:
        """The finding as JSON types; keys that do not apply are left out."""
        place = self.place
        data: dict[str, JSON] = {
            "code": self.code,
            "name": self.name,
            "severity": self.level.value,
            "message": self.message,
            "why": self.why,
            "help": self.help,
            "filename": place.filename,
            "location": _position(place.start),
            "end_location": _position(place.end),
            "lens": self.lens.value,
        }
        optional: dict[str, JSON] = {
            "module": self.module,
            "step": self.step,
            "epoch": self.epoch,
            "phase": self.phase,
            "evidence": dict(self.evidence) or None,
            "fix": self.fix.to_json() if self.fix else None,
            "cell": place.cell,
            "url": self.url,
        }
        return data | {key: value for key, value in optional.items() if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` wrote. Raises KeyError or ValueError on anything else."""
        place = Span(
            data["filename"], _read_position(data["location"]), _read_position(data["end_location"]), data.get("cell")
        )
        fix = data.get("fix")
        return cls(
            code=data["code"],
            name=data["name"],
            level=Level(data["severity"]),
            message=data["message"],
            why=data["why"],
            help=data["help"],
            place=place,
            lens=Lens(data["lens"]),
            module=data.get("module"),
            step=data.get("step"),
            epoch=data.get("epoch"),
            phase=data.get("phase"),
            evidence=data.get("evidence", {}),
            fix=_read_fix(fix) if fix else None,
            url=data.get("url"),
        )


def merge(findings: list[Finding]) -> list[Finding]:
    """The findings sorted, with repeats dropped and both lenses' sight of one mistake made one finding.

    Two findings are one mistake when rule, file, cell and row agree. The static one keeps its columns and its fix, the
    runtime one lends its module, step and evidence. The same rule twice in one row stays two findings within a lens;
    of runtime findings, those that could not name a module give way to one in the same row that does.
    """
    static = _distinct([f for f in findings if f.lens is not Lens.RUNTIME])
    by_row = {_mistake(f): i for i, f in enumerate(static)}
    runtime = []
    for finding in _told_best([f for f in findings if f.lens is Lens.RUNTIME]):
        index = by_row.get(_mistake(finding))
        if index is None:
            runtime.append(finding)
            continue
        seen = static[index]
        static[index] = replace(
            seen,
            lens=Lens.BOTH,
            module=finding.module,
            step=finding.step,
            evidence=finding.evidence,
            epoch=finding.epoch,
            phase=finding.phase,
        )
    return sorted(static + runtime, key=Finding.sort_key)


def _told_best(runtime: list[Finding]) -> list[Finding]:
    """Runtime findings, one for each row and module; without a module only where no finding of the row has one."""
    rows: dict[tuple[str, str, int | None, int], dict[str | None, Finding]] = {}
    for finding in runtime:
        rows.setdefault(_mistake(finding), {}).setdefault(finding.module, finding)
    for modules in rows.values():
        if len(modules) > 1:
            modules.pop(None, None)
    return [finding for modules in rows.values() for finding in modules.values()]


def _mistake(finding: Finding) -> tuple[str, str, int | None, int]:
    return finding.code, finding.filename, finding.place.cell, finding.row


def _distinct(findings: list[Finding]) -> list[Finding]:
    return list({(f.code, f.place, f.module): f for f in reversed(findings)}.values())


def _position(position: Position) -> dict[str, JSON]:
    return {"row": position.row, "column": position.column}


def _read_position(data: Mapping[str, int]) -> Position:
    return Position(data["row"], data["column"])


def _read_fix(data: Mapping[str, Any]) -> Fix:
    edits = tuple(
        Edit(_read_position(e["location"]), _read_position(e["end_location"]), e["content"], e.get("cell"))
        for e in data["edits"]
    )
    return Fix(data["message"], edits, safe=data["applicability"] == "safe")
