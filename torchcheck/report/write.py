"""Findings in the format that was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from torchcheck.finding import Finding
from torchcheck.report import text
from torchcheck.report.source import SourceLine, from_disk
from torchcheck.report.style import PLAIN, Style

TEXT_FORMATS = ("full", "concise")
"""What people read. Every other format is for programs."""

DOCUMENT_FORMATS = ("gitlab", "junit", "sarif")
"""One document, that only a file can hold beside other output."""


def formatted(
    findings: Sequence[Finding], output_format: str, line_of: SourceLine = from_disk, style: Style = PLAIN
) -> str:
    """The findings in this format, with a line end; no findings are an empty document, or nothing at all."""
    if output_format == "full":
        return "".join(text.render(finding, line_of, style) + "\n\n" for finding in findings)
    if output_format == "concise":
        return "".join(text.concise(finding, style) + "\n" for finding in findings)
    import importlib

    module = importlib.import_module(f"torchcheck.report.as_{output_format.replace('-', '_')}")
    report: str = module.report(findings, line_of)
    return report


def statistics(findings: Sequence[Finding], output_format: str) -> str:
    """How often each rule spoke, most frequent first."""
    counts = Counter((finding.code, finding.name) for finding in findings)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if output_format.startswith("json"):
        import json

        data = [{"code": c, "name": n, "count": count} for (c, n), count in rows]
        if output_format == "json-lines":
            return "".join(json.dumps(row) + "\n" for row in data)
        return json.dumps(data, indent=2) + "\n"
    width = max((len(str(count)) for _, count in rows), default=0)
    return "".join(f"{count:>{width}}  {code}  {name}\n" for (code, name), count in rows)
