"""Findings as JUnit XML: a suite a file, a failed case a finding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from torchcheck.finding import Finding
from torchcheck.patterns import pattern
from torchcheck.report.source import SourceLine
from torchcheck.report.text import render
from torchcheck.report.where import region, relative, told

_NOT_XML = pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report(findings: Sequence[Finding], line_of: SourceLine) -> str:
    """One case that passed, where there are no findings: readers take a report without cases for a failed job."""
    suites = ET.Element("testsuites", _counts(len(findings), max(len(findings), 1)), name="torchcheck")
    for filename, group in groupby(findings, key=lambda finding: finding.filename):
        found = list(group)
        suite = ET.SubElement(suites, "testsuite", _counts(len(found), len(found)), name=_xml(relative(filename)))
        for finding in found:
            _case(suite, finding, line_of)
    if not findings:
        suite = ET.SubElement(suites, "testsuite", _counts(0, 1), name="torchcheck")
        ET.SubElement(suite, "testcase", name="no findings", classname="torchcheck", time="0")
    ET.indent(suites)
    # Characters beyond ASCII as references: right in whatever encoding the text is written.
    document: bytes = ET.tostring(suites, encoding="us-ascii", xml_declaration=True)
    return document.decode("ascii") + "\n"


def _counts(failures: int, tests: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": "0", "time": "0"}


def _case(suite: ET.Element, finding: Finding, line_of: SourceLine) -> None:
    path = relative(finding.filename)
    start, _ = region(finding.place)
    case = ET.SubElement(
        suite,
        "testcase",
        name=f"{finding.code} {finding.name}",
        classname=_xml(path),
        file=_xml(path),
        line=str(start.row),
        time="0",
    )
    failure = ET.SubElement(case, "failure", type=finding.level.value, message=_xml(told(finding)))
    failure.text = _xml(render(finding, line_of))


def _xml(text: str) -> str:
    """The text with what XML has no word for, as the control characters, escaped as Python does."""
    return _NOT_XML.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
