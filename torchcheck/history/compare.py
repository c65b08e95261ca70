"""What changed from one run to another."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torchcheck.finding import Finding
from torchcheck.history.run import Run
from torchcheck.history.view.settings import flat

ABSENT = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; None on the side that has it not."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        before, after: the runs.
        code, command, versions, settings: what differs, by name.
        new, gone: findings that only the later, or only the earlier run has. A line that moved makes no finding new.
        diffs_differ: both have changes since their commit, which are not the same.
    """

    before: Run
    after: Run
    code: list[Change]
    command: list[Change]
    versions: list[Change]
    settings: list[Change]
    new: list[Finding]
    gone: list[Finding]
    diffs_differ: bool


def compare(before: Run, after: Run) -> Comparison:
    """Set two runs side by side."""
    return Comparison(
        before,
        after,
        code=_changes(_code(before), _code(after)),
        command=_changes(_command(before), _command(after)),
        versions=_changes(_surroundings(before), _surroundings(after)),
        settings=_changes(flat(before), flat(after)),
        new=_only(after, before),
        gone=_only(before, after),
        diffs_differ=bool(before.diff or after.diff) and before.diff != after.diff,
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    names = list(dict.fromkeys([*before, *after]))
    pairs = [Change(name, before.get(name, ABSENT), after.get(name, ABSENT)) for name in names]
    return [change for change in pairs if change.before != change.after]


def _code(run: Run) -> dict[str, Any]:
    git = run.git
    return {"commit": git.get("commit"), "branch": git.get("branch"), "changed files": git.get("changed") or None}


def _command(run: Run) -> dict[str, Any]:
    """The arguments, by their options where they have some: so that one more does not shift all others."""
    words = run.words
    told: dict[str, Any] = {"script": words[0] if words else None}
    option: str | None = None
    for index, word in enumerate(words[1:], 1):
        name, equals, value = word.partition("=")
        if equals and re.fullmatch(r"[-+~\w.@/]+", name):
            told[name], option = value, None
        elif word.startswith("-") and not re.fullmatch(r"-[\d.e-]+", word):
            told[word], option = True, word
        elif option is not None:
            held = told[option]
            told[option] = word if held is True else f"{held} {word}"
        else:
            told[f"argument {index}"] = word
    return told


def _surroundings(run: Run) -> dict[str, Any]:
    names = ("python", "platform", "torchcheck")
    start = {name: run.start.get(name) for name in names}
    environment = {name: value for name, value in run.lead.environment.items() if name != "step"}
    return start | environment | {"seed": run.lead.seed.get("torch")}


def _only(run: Run, other: Run) -> list[Finding]:
    """The findings that only the first of two runs has, however many of a kind there are."""
    left = Counter(_mistake(finding, other) for finding in other.findings)
    found = []
    for finding in run.findings:
        key = _mistake(finding, run)
        if left[key]:
            left[key] -= 1
        else:
            found.append(finding)
    return found


def _mistake(finding: Finding, run: Run) -> tuple[str, str, str | None]:
    """What makes findings of two runs the same: rule, file and module. The lines of a file move."""
    directory = run.start.get("directory") or ""
    filename = finding.filename
    if directory and os.path.isabs(filename):
        filename = os.path.relpath(filename, directory)
    return finding.code, filename, finding.module
