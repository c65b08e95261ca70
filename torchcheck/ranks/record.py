"""What a rank leaves behind for the others, line by line, so that a process that is killed has lost nothing."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torchcheck.finding import Finding


@dataclass(slots=True)
class Record:
    """What is known of one rank.

    Attributes:
        rank: its number; None for a process that is none.
        attempt: how often the launcher had started it before.
        findings, remarks: its own.
        steps: optimizer steps done, as far as it has said.
        seconds: how long it ran.
        status: how its script ended; None while it runs, and if it was killed.
        notes: what it noted for a comparison of the ranks, in order.
    """

    rank: int | None
    attempt: int = 0
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    steps: int = 0
    seconds: float = 0.0
    status: int | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)


class Writer:
    """Writes the record of this process."""

    keeps_notes = True

    def __init__(self, path: Path, rank: int | None, attempt: int = 0) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._process = os.getpid()
        self._write({"rank": rank, "attempt": attempt})

    def found(self, finding: Finding) -> None:
        """Keep a finding as soon as it is made."""
        self._write({"finding": finding.to_json()})

    def note(self, note: dict[str, Any]) -> None:
        """Keep what is to be compared with other ranks."""
        self._write({"note": note})

    def end(self, record: Record) -> None:
        """Keep how it ended, with all findings as they are at the end."""
        self._write(
            {
                "end": {
                    "findings": [finding.to_json() for finding in record.findings],
                    "remarks": record.remarks,
                    "steps": record.steps,
                    "seconds": record.seconds,
                    "status": record.status,
                }
            }
        )

    def _write(self, data: dict[str, Any]) -> None:
        if os.getpid() != self._process:
            return  # a forked child is no rank
        with suppress(OSError):  # a full disk must not stop the training
            os.write(self._descriptor, (json.dumps(data, default=str) + "\n").encode())


def read(path: Path) -> Record | None:
    """The record in a file; None where it holds none. A last line that was cut off is left out."""
    record: Record | None = None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        try:
            data = json.loads(line)
            if record is None:
                record = Record(data["rank"], data["attempt"])
            elif "finding" in data:
                record.findings.append(Finding.from_json(data["finding"]))
            elif "note" in data:
                record.notes.append(data["note"])
            elif "end" in data:
                _finish(record, data["end"])
        except (ValueError, KeyError, TypeError):
            continue
    return record


def _finish(record: Record, end: dict[str, Any]) -> None:
    record.findings = [Finding.from_json(data) for data in end["findings"]]
    record.remarks = end["remarks"]
    record.steps, record.seconds, record.status = end["steps"], end["seconds"], end["status"]
