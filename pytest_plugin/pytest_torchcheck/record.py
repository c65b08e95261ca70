"""What a report of pytest carries: plain JSON types, so that it also arrives from a worker of pytest-xdist."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from pytest_torchcheck.show import in_a_line

if TYPE_CHECKING:
    from torchcheck.finding import Finding

ATTRIBUTE = "torchcheck"
"""The attribute of the report: `{"findings": […as Finding.to_json…], "remarks": […]}`."""

PROPERTY = "torchcheck"
"""The name of the user property, one a finding."""


def plain(finding: Finding) -> Finding:
    """The finding with nothing but JSON types in it."""
    return type(finding).from_json(json.loads(json.dumps(finding.to_json(), default=str, skipkeys=True)))


def write(report: pytest.TestReport, findings: Sequence[Finding], remarks: Sequence[str]) -> None:
    """Put what was found on a report."""
    setattr(report, ATTRIBUTE, {"findings": [finding.to_json() for finding in findings], "remarks": list(remarks)})


def read(report: pytest.TestReport) -> tuple[list[Finding], list[str]]:
    """The findings and remarks that `write` put there."""
    from torchcheck.finding import Finding

    record: dict[str, Any] = getattr(report, ATTRIBUTE)
    return [Finding.from_json(data) for data in record["findings"]], record["remarks"]


def set_properties(item: pytest.Item, findings: Sequence[Finding]) -> None:
    """Put the findings among the user properties (JUnit shows them), in place of those of an earlier run."""
    others = [entry for entry in item.user_properties if entry[0] != PROPERTY]
    item.user_properties[:] = [*others, *((PROPERTY, in_a_line(finding, item.config)) for finding in findings)]
