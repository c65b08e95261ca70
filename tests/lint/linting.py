"""Short ways to lint a text or a small project in a test."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from torchcheck.finding import Finding
from torchcheck.lint.engine import LintResult, lint_files
from torchcheck.selection import Selection

RULES = Selection(extend_select=("TCK1", "TCK2", "TCK3", "TCK4", "TCK5")).rules()
"""Info rules too, but for those of TCK7, which judge a script as a whole; preview rules left out."""
PRELUDE = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset
"""


def lint_text(source: str, *, prelude: str = PRELUDE) -> list[Finding]:
    """The findings of a script, with `RULES`. Rows count from the first line of `source`."""
    path = Path("script.py")
    result = lint_files([path], RULES, sources={path: prelude + textwrap.dedent(source)})
    assert not result.broken, result.broken
    return result.findings


def codes(source: str, *, prelude: str = PRELUDE) -> list[str]:
    """The codes of the findings of a script, sorted by place."""
    return [finding.code for finding in lint_text(source, prelude=prelude)]


def lint_project(root: Path, files: Mapping[str, str], report: list[str] | None = None) -> LintResult:
    """Write a project, and lint all of its files or those to report on."""
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source), encoding="utf-8")
    chosen = report if report is not None else list(files)
    return lint_files([root / name for name in chosen], RULES)
