"""Watch a small training in this process, with every rule on that is on by default."""

from __future__ import annotations

from collections.abc import Callable

import torch

from torchcheck.finding import Finding, Level
from torchcheck.probe.session import Session
from torchcheck.selection import Selection


def watched(train: Callable[[], object], every: int | None = None) -> list[Finding]:
    """The findings of a training, which may raise; a probe or rule that breaks fails the test."""
    torch.manual_seed(0)
    session = Session(Selection().rules(), every=every)
    session.start()
    error: Exception | None = None
    try:
        train()
    except Exception as raised:
        error = raised
    finally:
        session.end(error)
    assert not [remark for remark in session.remarks if "broke" in remark], session.remarks
    return session.findings


def codes(findings: list[Finding]) -> set[str]:
    """The codes of the findings."""
    return {finding.code for finding in findings}


def alarms(findings: list[Finding]) -> list[str]:
    """Errors and warnings, readable in a failing assertion."""
    return [f"{f.code}: {f.message}" for f in findings if f.level.reaches(Level.WARNING)]
