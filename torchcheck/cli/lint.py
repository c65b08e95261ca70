"""`torchcheck lint`: find mistakes in source files, without running them."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from torchcheck.cli.add_ignore import add_ignores
from torchcheck.cli.baseline import DEFAULT_NAME, Baseline, Reach, check_target, write_baseline
from torchcheck.cli.fix_files import fix_files, fix_hint, show_diff
from torchcheck.cli.lint_options import build_parser, check, start
from torchcheck.cli.lint_paths import files, is_partial, read_stdin
from torchcheck.cli.linting import Linting
from torchcheck.cli.output import closing, deliver
from torchcheck.cli.parser import parse, rules, settings
from torchcheck.config import Settings
from torchcheck.errors import UsageError
from torchcheck.finding import Finding
from torchcheck.fixing import Fixed
from torchcheck.lint.room import room_to_work
from torchcheck.per_file import PerFileIgnores
from torchcheck.records import frozen
from torchcheck.report.source import SourceLine, from_texts
from torchcheck.report.style import PLAIN, style_for
from torchcheck.report.text import counted, shown_path, summary
from torchcheck.report.write import formatted, statistics
from torchcheck.rules.base import Rule


def main(argv: Sequence[str]) -> int:
    """Lint, and fix if asked to."""
    with room_to_work():  # imports leave no garbage: to look for some takes a tenth of the start
        options = parse(build_parser(), argv)
        check(options)
        if options.watch:
            from torchcheck.cli.watch_files import watch

            return watch(options, lambda: _lint_once(options))
        return _lint_once(options)


def _lint_once(options: Namespace) -> int:
    stdin = read_stdin(options)
    chosen = settings(options, start(options))
    selected = rules(options, chosen)
    if options.show_settings:
        from torchcheck.cli.show_settings import shown

        deliver(shown(options, chosen, selected), None, sys.stdout)
        return 0
    paths = files(options, chosen, stdin)
    if options.show_files:
        deliver("".join(f"{path}\n" for path in paths), None, sys.stdout)
        return 0
    known = _baseline(options, chosen)
    ignores = PerFileIgnores(chosen, options.per_file_ignores, options.extend_per_file_ignores)
    linting = Linting(
        paths,
        selected,
        ignores,
        stdin,
        known,
        partial=is_partial(options),
        cache=_cache(options, chosen),
        jobs=options.jobs or _usable_cpus(),
    )
    if options.write_baseline is not None:
        return _write_baseline(linting, _target(options, chosen), selected)
    outcome = _lint(options, linting, stdin)
    findings = outcome.fixed.findings
    if not options.diff:
        _report(options, chosen, findings, from_texts(outcome.texts), to_stderr=bool(stdin) and options.fix)
    if known:
        known.tell(outcome.found, Reach.of(paths, (rule.code for rule in selected), known.path))
    closing(_closing(options, outcome, len(paths)) + _understood(linting))
    return 2 if linting.broken else _status(options, outcome.fixed)


def _usable_cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cache(options: Namespace, chosen: Settings) -> Path | None:
    """Where results are kept; None where none are."""
    if options.no_cache:
        return None
    return Path(options.cache_dir) if options.cache_dir else chosen.root / (chosen.cache_dir or ".torchcheck/cache")


def _baseline(options: Namespace, chosen: Settings) -> Baseline | None:
    """The baseline of the option, or of the settings; none where a new one is written."""
    if options.write_baseline is not None:
        return None
    if options.baseline is not None:
        return Baseline(Path(options.baseline))
    return Baseline(chosen.root / chosen.baseline) if chosen.baseline else None


def _target(options: Namespace, chosen: Settings) -> Path:
    path = Path(options.write_baseline) if options.write_baseline else chosen.root / (chosen.baseline or DEFAULT_NAME)
    check_target(path)
    return path


def _write_baseline(linting: Linting, path: Path, selected: Sequence[Rule]) -> int:
    findings = linting.run({}) if linting.paths else []
    if linting.broken:
        raise UsageError(f"{path} was not written, because a rule failed: {findings[0].message}")
    held = write_baseline(path, findings, Reach.of(linting.paths, (rule.code for rule in selected), path))
    rules = ", ".join(f"{number} {code}" for code, number in sorted(held.items()))
    closing(f"wrote {shown_path(str(path))}: {counted(held.total(), 'finding')}{': ' if rules else ''}{rules}")
    return 0


@frozen
class _Outcome:
    """What linting and fixing left.

    Attributes:
        found: all findings that the baseline was asked about.
        texts: sources that findings speak of where the disk has others.
    """

    fixed: Fixed
    found: Sequence[Finding]
    texts: dict[str, str]


def _status(options: Namespace, fixed: Fixed) -> int:
    changed = options.exit_non_zero_on_fix and fixed.texts
    return int(not options.exit_zero and bool(fixed.findings or changed))


def _lint(options: Namespace, linting: Linting, stdin: Mapping[str, bytes]) -> _Outcome:
    findings: Sequence[Finding] = linting.run({}) if linting.paths else []
    found = linting.found
    texts = {name: linting.read(name) for name in stdin}
    if options.diff:
        show_diff(linting, findings, unsafe=options.unsafe_fixes)
    elif options.add_ignore:
        return _Outcome(Fixed(findings=add_ignores(linting, findings)), linting.found, texts)
    elif options.fix:
        fixed = fix_files(linting, findings, unsafe=options.unsafe_fixes, stdin=stdin)
        return _Outcome(fixed, linting.found, {**texts, **fixed.texts})
    return _Outcome(Fixed(findings=findings), found, texts)


def _report(
    options: Namespace, chosen: Settings, findings: Sequence[Finding], line_of: SourceLine, *, to_stderr: bool
) -> None:
    stream = sys.stderr if to_stderr else sys.stdout
    output_format = chosen.output_format
    style = PLAIN if options.output_file else style_for(stream)
    if options.statistics:
        text = statistics(findings, output_format)
    else:
        text = formatted(findings, output_format, line_of, style)
    deliver(text, options.output_file, stream)


def _closing(options: Namespace, outcome: _Outcome, files: int) -> str:
    if not files:
        return f"no {'changed ' * options.changed_only}Python files to lint"
    findings = outcome.fixed.findings
    hidden = len(outcome.found) - len(findings)
    line = f"{summary(findings)} in {counted(files, 'file')}" + (f", {hidden} hidden by the baseline" if hidden else "")
    hint = fix_hint(findings, unsafe=options.unsafe_fixes, applied=options.fix and not options.diff, diff=options.diff)
    return f"{line}; {hint}" if hint else line


def _understood(linting: Linting) -> str:
    """What no findings are worth: how much of the program could be followed."""
    seen = linting.understood
    parts = []
    if seen is not None and (seen.loops or seen.losses):
        losses = f"{seen.losses or 'no'} {'loss' if seen.losses == 1 else 'losses'} seen, {seen.judged} judged"
        unknown = f", {seen.unknown} with unknown inputs" if seen.unknown else ""
        parts.append(f"{counted(seen.loops, 'training loop')}, {losses}{unknown}")
    if linting.in_part:
        parts.append(f"{counted(linting.in_part, 'file')} judged in part, being too long to follow")
    return "".join(f"; {part}" for part in parts)
