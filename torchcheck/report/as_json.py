"""Findings as JSON: a list of objects with the keys of `Finding.to_json`."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torchcheck.finding import Finding
from torchcheck.report.source import SourceLine
from torchcheck.report.where import message_of


def report(findings: Sequence[Finding], line_of: SourceLine) -> str:
    return dumps(findings) + "\n"


def dumps(findings: Iterable[Finding], *, indent: int | None = 2) -> str:
    """The findings as a JSON list; on one line with `indent=None`.

    File names are absolute; paths that a message names are from the root of the project, as in text. Characters beyond
    ASCII are escaped, which is right in whatever encoding the text is written. JSON has no word for a number that is
    not finite: it becomes the string `nan`, `inf` or `-inf`.
    """
    data = [_placed(finding) for finding in findings]
    return json.dumps(finite(data), indent=indent, allow_nan=False, default=str)


def dumps_one(finding: Finding) -> str:
    """One finding as an object on one line."""
    return json.dumps(finite(_placed(finding)), allow_nan=False, default=str)


def _placed(finding: Finding) -> dict[str, Any]:
    filename = finding.filename
    absolute = filename if filename.startswith("<") else os.path.abspath(filename)
    return finding.to_json() | {"filename": absolute, "message": message_of(finding)}


def finite(value: Any) -> Any:
    """The value with every number that is not finite as text, which JSON can say."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
