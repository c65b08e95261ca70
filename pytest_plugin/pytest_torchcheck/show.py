"""Findings as the text that pytest shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from torchcheck.finding import Finding


def in_full(findings: Sequence[Finding], config: pytest.Config) -> str:
    """Each finding with its source, why it matters and what to do."""
    from torchcheck.report.source import from_disk
    from torchcheck.report.text import render, summary

    root = str(config.invocation_params.dir)

    def line_of(filename: str, row: int, cell: int | None = None) -> str | None:
        return from_disk(os.path.join(root, filename), row, cell)

    blocks = [render(_from_here(finding, root), line_of) for finding in findings]
    return "\n\n".join([*blocks, *([f"torchcheck: {summary(findings)}"] if len(findings) > 1 else [])])


def in_a_line(finding: Finding, config: pytest.Config, *, colour: bool = False) -> str:
    """`path:row:col: level CODE [name] message`."""
    from torchcheck.report.style import Style
    from torchcheck.report.text import concise

    return concise(_from_here(finding, str(config.invocation_params.dir)), Style(colour))


def _from_here(finding: Finding, root: str) -> Finding:
    """The finding with its file named as from where pytest was started: a test may have changed the directory."""
    below = os.path.join(root, "")
    if not finding.filename.startswith(below):
        return finding
    return replace(finding, place=replace(finding.place, filename=finding.filename[len(below) :]))
