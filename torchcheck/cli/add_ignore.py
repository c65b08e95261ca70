"""`torchcheck lint --add-ignore`: writes a comment that silences it for every finding that is left."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from torchcheck.cli.fix_files import encoded, write
from torchcheck.cli.linting import Linting
from torchcheck.cli.output import closing, note
from torchcheck.finding import Finding, Fix
from torchcheck.fixing import apply
from torchcheck.report.source import sources
from torchcheck.report.text import counted, shown_path
from torchcheck.silencing import comment_edits

_NEVER = frozenset({"TCK000", "TCK001", "TCK002"})
"""A rule that broke, a comment too many, and a file that is no Python: a comment mends none of them."""


def add_ignores(linting: Linting, findings: Sequence[Finding]) -> Sequence[Finding]:
    """Write the comments, and say how many. A file in which one does not do its work stays as it is.

    Returns:
        The findings that are left.

    Raises:
        UsageError: a file can't be written.
    """
    wanted: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.code not in _NEVER:
            wanted.setdefault(finding.filename, []).append(finding)
    texts = {}
    for name, group in wanted.items():
        text = _with_comments(name, linting.read(name), group)
        if text is None:
            note(f"{shown_path(name)}: left as it was: no comment can be added without changing the program")
        else:
            texts[name] = text
    left = linting.run(texts) if texts else findings
    for name, codes in _unsilenced(texts, left).items():
        note(f"{shown_path(name)}: no comment silences {', '.join(sorted(codes))} there")
        wanted[name] = [finding for finding in wanted[name] if finding.code not in codes]
        texts[name] = _with_comments(name, linting.read(name), wanted[name]) or linting.read(name)
    for name, text in texts.items():
        write(name, encoded(linting, name, text))
    _tell([finding for name in texts for finding in wanted[name]])
    return left


def _with_comments(filename: str, text: str, findings: Sequence[Finding]) -> str | None:
    """The text with a comment for each of its findings; None where that would change what Python reads."""
    edits = [
        edit
        for cell, source in sources(filename, text).items()
        for edit in comment_edits(source, [f for f in findings if f.place.cell == cell], cell)
    ]
    if not edits:
        return None
    carrier = replace(findings[0], fix=Fix("Silence the findings", tuple(edits)))
    after, _ = apply(text, [carrier], filename)
    before_meant, after_meant = _meaning(filename, text), _meaning(filename, after)
    return after if after != text and before_meant == after_meant else None


def _meaning(filename: str, text: str) -> list[str | None]:
    """What Python makes of a text, of each cell of a notebook; None where it can't read it."""
    meant: list[str | None] = []
    for source in sources(filename, text).values():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                meant.append(ast.dump(ast.parse(source)))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                meant.append(None)
    return meant


def _unsilenced(names: Iterable[str], left: Iterable[Finding]) -> dict[str, set[str]]:
    """The rules that still speak in files that have comments on all of them."""
    still: dict[str, set[str]] = {}
    for finding in left:
        if finding.filename in names and finding.code not in _NEVER:
            still.setdefault(finding.filename, set()).add(finding.code)
    return still


def _tell(silenced: Sequence[Finding]) -> None:
    counts = Counter(finding.code for finding in silenced)
    files = len({finding.filename for finding in silenced})
    rules = ", ".join(f"{number} {code}" for code, number in sorted(counts.items()))
    where = f" in {counted(files, 'file')}: {rules}" if counts else ""
    closing(f"silenced {counted(counts.total(), 'finding')}{where}")
