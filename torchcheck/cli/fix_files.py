"""`torchcheck lint --fix` and `--diff`: fixes in memory first, then one write a file, or only the difference."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from torchcheck.cli.linting import Linting
from torchcheck.cli.output import closing, deliver, note, writing
from torchcheck.errors import UsageError
from torchcheck.finding import Finding
from torchcheck.fixing import Fixed, applicable, fix_all, unified_diff
from torchcheck.report.text import counted, shown_path
from torchcheck.textfile import SourceText, write_atomically


def fix_files(linting: Linting, findings: Sequence[Finding], *, unsafe: bool, stdin: Collection[str]) -> Fixed:
    """Fix the files on disk; print the fixed text of standard input, also if nothing changed.

    Raises:
        UsageError: a file can't be written.
    """
    fixed = _fixed(linting, findings, unsafe=unsafe)
    for filename, text in fixed.texts.items():
        if filename not in stdin:
            write(filename, encoded(linting, filename, text))
    for filename in stdin:
        changed = fixed.texts.get(filename)
        data = linting.data(filename) if changed is None else encoded(linting, filename, changed)
        with writing():
            sys.stdout.buffer.write(data)
    _tell(fixed, "fixed")
    return fixed


def show_diff(linting: Linting, findings: Sequence[Finding], *, unsafe: bool) -> Fixed:
    """Print what fixing would change; change nothing."""
    fixed = _fixed(linting, findings, unsafe=unsafe)
    for filename, text in fixed.texts.items():
        deliver(unified_diff(shown_path(filename), linting.read(filename), text), None, sys.stdout)
    _tell(fixed, "would fix")
    return fixed


def fix_hint(findings: Sequence[Finding], *, unsafe: bool, applied: bool, diff: bool = False) -> str:
    """Which options would fix how many of these findings; empty if none."""
    safe = sum(applicable(finding, unsafe=False) for finding in findings)
    risky = sum(applicable(finding, unsafe=True) for finding in findings) - safe
    if diff and risky and not safe and not unsafe:
        return f"{risky} can be shown with --diff --unsafe-fixes"
    parts = [f"{safe} can be fixed with --fix"] if safe and not applied else []
    if risky and not (applied and unsafe):
        parts.append(f"{risky}{' more' if parts else ''} can be fixed with --fix --unsafe-fixes")
    return ", ".join(parts)


def _fixed(linting: Linting, findings: Sequence[Finding], *, unsafe: bool) -> Fixed:
    fixed = fix_all(findings, linting.read, linting.run, unsafe=unsafe)
    for filename, reason in fixed.refused.items():
        note(f"{shown_path(filename)}: left as it was: {reason}; please report this as a bug of torchcheck")
    return fixed


def encoded(linting: Linting, filename: str, text: str) -> bytes:
    """The bytes of a file with another text. Raises UsageError where its encoding lacks a character."""
    try:
        return SourceText.decode(linting.data(filename)).encode(text)
    except UnicodeEncodeError as error:
        raise UsageError(f"{filename}: can't be fixed: its encoding {error.encoding} lacks a character") from None


def write(filename: str, data: bytes) -> None:
    """Replace the content of a file. Raises UsageError where that fails."""
    try:
        write_atomically(Path(filename), data)
    except OSError as error:
        raise UsageError(f"{filename}: can't be written: {error.strerror}") from None


def _tell(fixed: Fixed, verb: str) -> None:
    counts = sum(fixed.applied.values(), Counter[str]())
    if counts:
        rules = ", ".join(f"{number} {code}" for code, number in sorted(counts.items()))
        closing(f"{verb} {counted(counts.total(), 'finding')} in {counted(len(fixed.texts), 'file')}: {rules}")
