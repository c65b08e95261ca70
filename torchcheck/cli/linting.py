"""One run of the linter as the command sees it: files in, findings that nothing silences out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.cli.output import note
from torchcheck.errors import UsageError
from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.per_file import PerFileIgnores
from torchcheck.report.progress import ProgressBar
from torchcheck.report.source import sources
from torchcheck.report.text import shown_path
from torchcheck.rules.base import Rule
from torchcheck.selection import check_selectors
from torchcheck.suppress import Note, Suppressions
from torchcheck.textfile import SourceText, read_file

if TYPE_CHECKING:
    from torchcheck.cli.baseline import Baseline
    from torchcheck.lint.engine import BrokenRule, Understood


class Linting:
    """The files, rules and settings of one command; lints as often as fixing needs it.

    Attributes:
        paths: the files that are linted.
        broken: whether a rule failed in the last run.
        found: the findings of the last run, also those that the baseline hides.
        understood: how much of the program the last run could follow, if it found nothing: what that is worth.
        in_part: how many files it could not follow to their end.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        rules: Sequence[Rule],
        per_file: PerFileIgnores,
        stdin: Mapping[str, bytes],
        baseline: Baseline | None = None,
        *,
        partial: bool = False,
        cache: Path | None = None,
        jobs: int = 1,
    ) -> None:
        self.paths = paths
        self.broken = False
        self.found: list[Finding] = []
        self._baseline = baseline
        self._partial = partial
        self._cache = cache
        self._jobs = jobs
        self.understood: Understood | None = None
        self.in_part = 0
        self._rules = rules
        self._stdin = stdin
        self._per_file = per_file
        self._noted: set[str] = set()

    def run(self, texts: Mapping[str, str]) -> list[Finding]:
        """The findings that count, sorted; `texts` stand in place of files on disk."""
        from torchcheck.lint.engine import lint_files

        contents: dict[Path, str | bytes] = {Path(name): data for name, data in self._stdin.items()}
        contents |= {Path(name): text for name, text in texts.items()}
        with ProgressBar() as bar:
            result = lint_files(
                self.paths,
                self._rules,
                sources=contents,
                partial=self._partial,
                cache=self._cache,
                jobs=self._jobs,
                progress=bar.advance,
            )
        self.understood, self.in_part = None if result.findings else result.understood, len(result.unjudged)
        self.broken = bool(result.broken)
        self._note_left_alone(result.left_alone)
        internal = [internal_error(broken) for broken in result.broken]
        self.found = sorted([*self._visible(result.findings, texts), *internal], key=Finding.sort_key)
        return self._baseline.visible(self.found) if self._baseline else self.found

    def read(self, filename: str) -> str:
        """The text of a linted file, with its line ends; empty where it can't be read."""
        try:
            return SourceText.decode(self.data(filename)).text
        except (OSError, SyntaxError, ValueError):
            return ""

    def data(self, filename: str) -> bytes:
        """The bytes of a linted file. Raises OSError."""
        return self._stdin[filename] if filename in self._stdin else read_file(Path(filename))

    def _visible(self, findings: Sequence[Finding], texts: Mapping[str, str]) -> list[Finding]:
        by_file: dict[str, list[Finding]] = {}
        for finding in findings:
            by_file.setdefault(finding.filename, []).append(finding)
        visible: list[Finding] = []
        for filename, group in by_file.items():
            text = texts[filename] if filename in texts else self.read(filename)
            comments = Suppressions.of_cells(sources(filename, text))
            self._note(filename, comments)
            visible += [f for f in group if not comments.covers(f) and not self._per_file.covers(f)]
        return visible

    def _note(self, filename: str, comments: Suppressions) -> None:
        """Say once of each file which suppressions do nothing."""
        if filename in self._noted:
            return
        self._noted.add(filename)
        for useless in comments.notes:
            note(f"{_where(filename, useless)}: {useless.text}")
        for named in comments.named:
            try:
                check_selectors([named.text])
            except UsageError as error:
                note(f"{_where(filename, named)}: {error}")

    def _note_left_alone(self, left_alone: Sequence[tuple[str, str]]) -> None:
        for filename, reason in left_alone:
            if filename not in self._noted:
                self._noted.add(filename)
                note(f"{shown_path(filename)}: skipped: {reason}")


def _where(filename: str, comment: Note) -> str:
    cell = "" if comment.cell is None else f"cell {comment.cell}:"
    return f"{shown_path(filename)}:{cell}{comment.row}"


def internal_error(broken: BrokenRule) -> Finding:
    """A rule that failed, as a finding: the user must know that something was not judged."""
    is_rule = broken.code.startswith("TCK")
    report = "Please report this as a bug of torchcheck; until it is mended, "
    return Finding(
        code="TCK000",
        name="internal-error",
        level=Level.ERROR,
        message=f"the {'rule ' * is_rule}{broken.code} failed on this file with {broken.error}",
        why="From here on this rule judged nothing; the other rules went on."
        if is_rule
        else "What it would have shown of this file was not judged; everything else was.",
        help=report + (f"`--ignore {broken.code}`." if is_rule else "leave the file out with `exclude`."),
        place=Span(broken.filename, Position(1, 1), Position(1, 1)),
        lens=Lens.STATIC,
    )
