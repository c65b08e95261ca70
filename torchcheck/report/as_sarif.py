"""Findings as SARIF 2.1.0, the format of code scanning."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from torchcheck import __version__
from torchcheck.finding import JSON, Finding, Fix, Level, Position
from torchcheck.report.fingerprint import fingerprints
from torchcheck.report.source import SourceLine
from torchcheck.report.where import region, relative, root, told
from torchcheck.rules import find_rule

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_ROOT = "SRCROOT"


def report(findings: Sequence[Finding], line_of: SourceLine) -> str:
    """One run with the rules that spoke. Columns count UTF-16 code units, as editors do."""
    rules = {finding.code: finding for finding in sorted(findings, key=lambda finding: finding.code)}
    codes = list(rules)
    names = fingerprints(findings, line_of)
    run: dict[str, JSON] = {
        "tool": {
            "driver": {
                "name": "torchcheck",
                "semanticVersion": __version__,
                "rules": [_rule(finding) for finding in rules.values()],
            }
        },
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"uri": root().as_uri().rstrip("/") + "/"}},
        "results": [
            _result(finding, codes.index(finding.code), name, line_of)
            for finding, name in zip(findings, names, strict=True)
        ],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(finding: Finding) -> dict[str, JSON]:
    """What the rule says in general; of a finding that no rule made, what the finding says."""
    rule = find_rule(finding.code)
    page = inspect.getdoc(rule) if rule else finding.message
    why, cure = (rule.why, rule.help) if rule else (finding.why, finding.help)
    paragraphs = [" ".join(part.split()) for part in (page or "").split("\n\n")]
    return {
        "id": finding.code,
        "name": finding.name,
        "shortDescription": {"text": paragraphs[0]},
        "fullDescription": {"text": "\n\n".join(paragraphs)},
        "help": {"text": f"{why}\n\n{cure}", "markdown": f"{why}\n\n**What to do:** {cure}"},
        "defaultConfiguration": {
            "level": _LEVELS[rule.level if rule else finding.level],
            "enabled": rule is None or not (rule.preview or rule.level is Level.INFO),
        },
    }


def _result(finding: Finding, index: int, fingerprint: str, line_of: SourceLine) -> dict[str, JSON]:
    place = finding.place
    location: dict[str, JSON] = {
        "physicalLocation": {
            "artifactLocation": _artifact(place.filename),
            "region": _region(place.filename, *region(place), line_of),
        }
    }
    if place.cell is not None:
        location["logicalLocations"] = [{"name": f"cell {place.cell}", "kind": "module"}]
    result: dict[str, JSON] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.level],
        "message": {"text": f"{told(finding)} {finding.help}"},
        "locations": [location],
        "partialFingerprints": {"torchcheck/v1": fingerprint},
    }
    if finding.fix is not None and place.cell is None:
        result["fixes"] = [_fix(finding.filename, finding.fix, line_of)]
    return result


def _fix(filename: str, fix: Fix, line_of: SourceLine) -> dict[str, JSON]:
    replacements: list[JSON] = [
        {
            "deletedRegion": _region(filename, edit.start, edit.end, line_of),
            "insertedContent": {"text": edit.content},
        }
        for edit in fix.edits
    ]
    change: JSON = {"artifactLocation": _artifact(filename), "replacements": replacements}
    effect = "" if fix.safe else " (unsafe: this changes what the program computes)"
    return {"description": {"text": fix.message + effect}, "artifactChanges": [change]}


def _artifact(filename: str) -> dict[str, JSON]:
    path = relative(filename)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": _ROOT}


def _region(filename: str, start: Position, end: Position, line_of: SourceLine) -> dict[str, JSON]:
    return {
        "startLine": start.row,
        "startColumn": _utf16(filename, start, line_of),
        "endLine": end.row,
        "endColumn": _utf16(filename, end, line_of),
    }


def _utf16(filename: str, position: Position, line_of: SourceLine) -> int:
    """The column in UTF-16 code units: characters beyond U+FFFF take two."""
    before = (line_of(filename, position.row) or "")[: position.column - 1]
    return position.column + sum(char > "\uffff" for char in before)
