"""What a process writes of a run while it lasts."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from torchcheck import __version__
from torchcheck.history.events import Writer
from torchcheck.history.excerpt import Place, excerpt, place_of
from torchcheck.history.folder import shared_run
from torchcheck.history.git import git_state
from torchcheck.history.scale_file import ScaleFile
from torchcheck.history.secrets import masked, masked_text
from torchcheck.history.thinned import Thinned
from torchcheck.ranks.record import Record
from torchcheck.ranks.standing import standing

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Command:
    """What was called.

    Attributes:
        door: `run`, `watch` or `pytest`.
        words: the script, or module, and its arguments.
        options: those of torchcheck itself.
        is_module: the script is a module.
    """

    door: str
    words: Sequence[str]
    options: Sequence[str] = ()
    is_module: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "door": self.door,
            "words": masked(self.words),
            "options": masked(self.options),
            "is_module": self.is_module,
        }


class Recorder:
    """The event file of this process in the folder of a run.

    Attributes:
        title: what a remark calls it.
        folder: that of the run.
    """

    title = "history of the run"

    def __init__(self, folder: Path, who: str) -> None:
        self.folder = folder
        self._writer = Writer(folder / f"{who}.{os.getpid()}.jsonl")
        self._samples = Thinned()
        self._scales = ScaleFile(folder / f"{who}.{os.getpid()}.scales")
        self._quoted: set[Place] = set()
        self._ended = False

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something has happened. Raises OSError."""
        if self._ended:
            return
        if kind == "scales":
            self._scales.add(data)
        elif kind != "sample" or self._samples.keeps():
            self._writer.write(kind, data)
            if kind == "finding":
                self._quote(data)

    def end(self, record: Record, *, stopped: bool = False, error: BaseException | None = None) -> None:
        """The process's part has ended; a second call does nothing. A disk that is full now changes nothing.

        Args:
            record: how it ended.
            stopped: torchcheck ended it, after the steps that were asked for or at a finding.
            error: what the program raised.
        """
        if self._ended:
            return
        findings = [finding.to_json() for finding in record.findings]
        said = {
            "status": record.status,
            "steps": record.steps,
            "seconds": round(record.seconds, 3),
            "stopped": stopped,
            "error": None if error is None else _told(error),
            "findings": findings,
            "remarks": record.remarks,
        }
        with suppress(OSError):
            for finding in findings:
                self._quote(finding)
            self._writer.write("end", said)
        self.close()

    def _quote(self, finding: Mapping[str, Any]) -> None:
        """Keep the lines that a finding is about, once. Raises OSError."""
        place = place_of(finding)
        if place not in self._quoted:
            self._quoted.add(place)
            lines = excerpt(place)
            if lines is not None:
                self._writer.write("source", lines)

    def close(self) -> None:
        """Write nothing any more."""
        if not self._ended:
            self._ended = True
            with suppress(OSError):
                self._writer.close()


def begin(runs: Path, command: Command, *, directory: Path | None = None, who: str | None = None) -> Recorder:
    """Begin the record of a run, or of this process's part in it.

    Args:
        runs: where runs are.
        command: what was called.
        directory: where the code is; not given: the working directory.
        who: what this process is called; not given: by its rank.

    Raises:
        OSError: the folder can't be written.
    """
    folder, is_first = shared_run(runs, os.environ)
    recorder = Recorder(folder, who or _who())
    if is_first:
        _start(recorder, command, directory or Path.cwd())
    return recorder


def join(folder: Path, who: str) -> Recorder:
    """The record of one more process of a run that has begun. Raises OSError."""
    return Recorder(folder, who)


def trouble(error: OSError) -> str:
    """The remark that no history is kept."""
    where = f"{error.filename}: " if error.filename else ""
    return f"No history of this run is kept: {where}{error.strerror or error}."


def _start(recorder: Recorder, command: Command, directory: Path) -> None:
    git = git_state(directory)
    recorder.tell(
        "start",
        {
            "schema": SCHEMA,
            "began": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "torchcheck": __version__,
            "command": command.to_json(),
            "directory": os.getcwd(),
            "git": git.to_json() if git is not None else None,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "executable": sys.executable,
        },
    )
    if git is not None and git.diff:
        (recorder.folder / "diff.patch").write_text(git.diff, encoding="utf-8", errors="replace")


def _who() -> str:
    here = standing(os.environ)
    return "main" if here is None else f"rank{here.rank}"


def _told(error: BaseException) -> str:
    text = masked_text(" ".join(str(error).split()))[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
