"""The rules at work on the files of one unit after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from torchcheck.finding import Finding, Lens
from torchcheck.lint.result import BrokenRule
from torchcheck.lint.source import SourceFile
from torchcheck.rules.base import Rule
from torchcheck.rules.judge import Judge


class Bench:
    """Rules that judge, and how they broke.

    Attributes:
        broken: the rules that have broken since `begin`; what they would have said of the rest is missing.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.broken: list[BrokenRule] = []
        self._judge = Judge(rules, Lens.STATIC, self._broke)
        self._judged = ""

    def begin(self) -> None:
        """Begin a piece of work. Every piece has all rules, so that the order of the pieces makes no difference."""
        if self.broken:
            self._judge.renew()
        self.broken = []

    def wants(self, kind: str) -> bool:
        """Whether any rule judges this kind of fact."""
        return self._judge.wants(kind)

    def of(self, file: SourceFile | str) -> Judge:
        """The judge, of a file that is named where a rule breaks."""
        self._judged = file if isinstance(file, str) else file.name
        return self._judge

    def _broke(self, rule: Rule, error: Exception) -> None:
        self.broken.append(BrokenRule(rule.code, self._judged, f"{type(error).__name__}: {error}"))


def with_fixes_located(findings: list[Finding], files: Iterable[SourceFile]) -> list[Finding]:
    """The findings, their fixes as edits of the file instead of the program that was read of it."""
    by_name: dict[str, list[SourceFile]] = {}
    for file in files:
        by_name.setdefault(file.name, []).append(file)

    def located(finding: Finding) -> Finding:
        if finding.fix is None:
            return finding
        programs = [f for f in by_name.get(finding.filename, ()) if f.rows is None or finding.row in f.rows]
        return replace(finding, fix=programs[0].located_fix(finding.fix)) if programs else finding

    return [located(finding) for finding in findings]
