"""A name for each finding that stays while the lines around it move."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from torchcheck.finding import Finding
from torchcheck.report.source import SourceLine
from torchcheck.report.where import relative, told


def fingerprints(findings: Sequence[Finding], line_of: SourceLine) -> list[str]:
    """One for each finding, all different: from the path, the rule, the module and the text of the line.

    Lines alike in one file are told apart by their order. No number of a line or a cell is part of it.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    names = []
    for finding in findings:
        key = (relative(finding.filename), finding.code, finding.module or "", _text(finding, line_of))
        seen[key] += 1
        names.append(hashlib.sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "replace")).hexdigest()[:32])
    return names


def _text(finding: Finding, line_of: SourceLine) -> str:
    """The line without its spaces; the message without its numbers where there is no source."""
    place = finding.place
    line = line_of(place.filename, place.start.row, place.cell)
    return "".join(line.split()) if line and line.strip() else re.sub(r"\d+", "", told(finding))
