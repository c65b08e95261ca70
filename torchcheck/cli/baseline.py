"""`--baseline` and `--write-baseline`: findings that are known already are hidden until there are more of them.

The file counts findings by file and rule. It holds no line numbers, so that edits elsewhere in a file leave it as it
is; paths are relative to the folder of the file.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from torchcheck.cli.output import note
from torchcheck.errors import UsageError
from torchcheck.finding import Finding
from torchcheck.records import frozen
from torchcheck.report.text import counted, shown_path

DEFAULT_NAME = "torchcheck-baseline.json"
_VERSION = 1
_NOTED = 10
"""Notes of one kind that are shown one by one."""
_NEVER = "TCK000"
"""A rule that broke: what it did not judge can't be known."""

Counts = dict[str, dict[str, int]]
"""How many findings there are, by file and code."""


@frozen
class Reach:
    """What a run could find: the files that it looked at, as a baseline calls them, and the rules that were on."""

    files: frozenset[str]
    codes: frozenset[str]

    @classmethod
    def of(cls, paths: Iterable[Path], codes: Iterable[str], path: Path) -> Reach:
        return cls(frozenset(_key(str(name), path) for name in paths), frozenset(codes))


class Baseline:
    """The findings that a file says are known.

    Args:
        path: the file.

    Raises:
        UsageError: it can't be read, or is no baseline.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._counts = _read(path)

    def visible(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings whose number in their file is above the count: all of that rule in that file."""
        found = _count(findings, self.path)
        keys = {finding.filename: _key(finding.filename, self.path) for finding in findings}
        return [f for f in findings if found[keys[f.filename]][f.code] > self._allowed(keys[f.filename], f.code)]

    def tell(self, findings: Sequence[Finding], reach: Reach) -> None:
        """Note what is above the counts, and which entries are no longer needed.

        Args:
            findings: all of this run, hidden or not.
            reach: what this run could find.
        """
        found = _count(findings, self.path)
        _note_all(
            f"{shown_path(str(self.path.parent / file))}: {counted(number, f'{code} finding')}, the baseline has "
            f"{self._allowed(file, code)}: all of them are shown"
            for file, codes in sorted(found.items())
            for code, number in sorted(codes.items())
            if 0 < self._allowed(file, code) < number
        )
        _note_all(
            f"{shown_path(str(self.path))}: {text}; --write-baseline mends it" for text in self._stale(found, reach)
        )

    def _allowed(self, file: str, code: str) -> int:
        return self._counts.get(file, {}).get(code, 0)

    def _stale(self, found: Counts, reach: Reach) -> Iterator[str]:
        for file, codes in self._counts.items():
            if file not in reach.files and not (self.path.parent / file).exists():
                yield f"`{file}` is gone"
            elif file in reach.files:
                for code, allowed in codes.items():
                    number = found.get(file, {}).get(code, 0)
                    if number < allowed and code in reach.codes:
                        yield f"`{file}` has {number or 'no'} {code} where {allowed} {_are(allowed)} expected"


def write_baseline(path: Path, findings: Sequence[Finding], reach: Reach) -> Counter[str]:
    """Write what was found to the file; what the run could not see stays as the file has it.

    Returns:
        How many findings of each rule the file holds.

    Raises:
        UsageError: there is something else in that place, or it can't be written.
    """
    before = _read(path) if path.exists() else {}
    counts: Counts = {}
    for file, codes in before.items():
        if file in reach.files or (path.parent / file).exists():
            unseen = {code: n for code, n in codes.items() if file not in reach.files or code not in reach.codes}
            counts[file] = unseen
    for file, codes in _count([f for f in findings if f.code != _NEVER], path).items():
        counts.setdefault(file, {}).update(codes)
    data = {"version": _VERSION, "findings": {file: codes for file, codes in counts.items() if codes}}
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None
    return Counter({code: sum(codes.get(code, 0) for codes in counts.values()) for code in _codes(counts)})


def check_target(path: Path) -> None:
    """Raise UsageError if a baseline can't be written there: `--write-baseline train.py` must not harm the script."""
    if path.is_dir():
        raise UsageError(f"--write-baseline {path}: is a directory; name PATHs before this option, or add =FILE to it")
    if path.suffix in (".py", ".ipynb"):
        raise UsageError(f"--write-baseline {path}: is source; name PATHs before this option, or add =FILE to it")
    if not path.parent.is_dir():
        raise UsageError(f"--write-baseline {path}: there is no directory {path.parent}")
    if path.exists():
        _read(path)


def _codes(counts: Counts) -> set[str]:
    return {code for codes in counts.values() for code in codes}


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _note_all(texts: Iterable[str]) -> None:
    lines = list(texts)
    for text in lines[:_NOTED]:
        note(text)
    if len(lines) > _NOTED:
        note(f"and {len(lines) - _NOTED} more of this kind")


def _count(findings: Iterable[Finding], path: Path) -> Counts:
    counts: Counts = {}
    for (filename, code), number in Counter((f.filename, f.code) for f in findings).items():
        file = counts.setdefault(_key(filename, path), {})
        file[code] = file.get(code, 0) + number
    return counts


def _key(filename: str, path: Path) -> str:
    """How a baseline calls a file: by its path from the folder of the baseline, with forward slashes."""
    folder, name = os.path.split(os.path.abspath(filename))
    try:
        relative = os.path.relpath(os.path.realpath(folder), os.path.realpath(path.parent))
    except ValueError:  # another drive
        relative = os.path.realpath(folder)
    return os.path.normpath(os.path.join(relative, name)).replace(os.sep, "/")


def _read(path: Path) -> Counts:
    try:
        data: Any = json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
    except FileNotFoundError:
        raise UsageError(f"{shown_path(str(path))}: no such baseline; --write-baseline makes it") from None
    except OSError as error:
        raise UsageError(f"{shown_path(str(path))}: can't be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{shown_path(str(path))}: not a baseline: {error}") from None
    counts = data.get("findings") if isinstance(data, Mapping) else None
    if not isinstance(counts, dict) or not all(map(_is_entry, counts.values())):
        raise UsageError(f"{shown_path(str(path))}: not a baseline: it does not count findings by file and rule")
    if data.get("version") != _VERSION:
        raise UsageError(f"{shown_path(str(path))}: a baseline of version {data.get('version')}, not {_VERSION}")
    return counts


def _is_entry(codes: object) -> bool:
    return isinstance(codes, dict) and all(type(number) is int and number >= 0 for number in codes.values())
