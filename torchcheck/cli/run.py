"""`torchcheck run`: run a training script under the probes."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.cli.output import check_output_file, closing, deliver, note
from torchcheck.cli.parser import (
    Parser,
    add_config_options,
    add_output_options,
    add_rule_options,
    count,
    parse,
    rules,
    settings,
)
from torchcheck.cli.terminable import TERMINATED_EXIT, Terminable
from torchcheck.config import FAIL_ON, OUTPUT_FORMATS
from torchcheck.errors import UsageError
from torchcheck.finding import Finding, Level
from torchcheck.per_file import PerFileIgnores
from torchcheck.report.style import PLAIN, style_for
from torchcheck.report.text import counted, summary
from torchcheck.report.write import DOCUMENT_FORMATS, formatted

if TYPE_CHECKING:
    from torchcheck.probe.script import Outcome

_DESCRIPTION = """\
Run a training script as Python would, with the probes on, and report what they found when it ends.

Options of torchcheck stand before the script; everything after it belongs to the script.

The findings follow the script's own output on standard output (with --output-format json as one last line, a list;
gitlab, junit and sarif need --output-file); a closing line and notes go to standard error.
Exit code: the script's own status if it failed, else 1 if a finding reaches --fail-on, else 0; 2 for a wrong option,
path or setting."""

_USAGE = "torchcheck run [OPTIONS] SCRIPT [ARGS...]\n       torchcheck run [OPTIONS] -m MODULE [ARGS...]"


def build_parser() -> Parser:
    """The options of `run`; the script and what follows it are split off before."""
    parser = Parser("run", _DESCRIPTION, usage=_USAGE)
    add_rule_options(parser)
    probes = parser.add_argument_group("run")
    probes.add_argument("-m", dest="module", metavar="MODULE", help="run a module, as `python -m` does")
    probes.add_argument("--steps", type=count, metavar="N", help="stop cleanly after N optimizer steps: a smoke run")
    probes.add_argument("--fail-fast", action="store_true", help="stop at the first error")
    probes.add_argument(
        "--every", type=count, metavar="N", help="measure scales on every N-th step; default: ever rarer"
    )
    probes.add_argument(
        "--fail-on", choices=FAIL_ON, help="level from which findings make the exit code 1; default: error"
    )
    add_output_options(parser, OUTPUT_FORMATS)
    add_config_options(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    """Run the script; report what was found, also if it failed or was interrupted."""
    parser = build_parser()
    ours, target, is_module = split_target(argv, parser.valued_options())
    options = parse(parser, ours)
    if not target:
        raise UsageError("name a script, as in `torchcheck run train.py`, or a module with -m")
    check_output_file(options.output_file)
    if options.output_format in DOCUMENT_FORMATS and options.output_file is None:
        raise UsageError(
            f"--output-format {options.output_format} needs --output-file: standard output is the script's own"
        )
    chosen = settings(options, Path.cwd() if is_module else Path(target[0]))
    selected = rules(options, chosen)
    fail_on = options.fail_on or chosen.run.fail_on
    from torchcheck.probe.script import run_script

    with _restored(), Terminable() as terminable:
        outcome = run_script(
            target[0],
            target[1:],
            module=is_module,
            rules=selected,
            every=options.every or chosen.run.every,
            steps=options.steps,
            fail_fast=options.fail_fast,
        )
    per_file = PerFileIgnores(chosen)
    findings = [finding for finding in outcome.findings if not per_file.covers(finding)]
    status = TERMINATED_EXIT if terminable.terminated else 0 if outcome.stopped else outcome.status
    try:
        _report(options, findings, outcome, chosen.output_format)
    except UsageError as error:
        if not status:
            raise
        print(f"torchcheck: error: {error}", file=sys.stderr)
    return exit_code(status, findings, fail_on)


def split_target(argv: Sequence[str], valued: set[str]) -> tuple[list[str], list[str], bool]:
    """Our options, then the script or module with its arguments, and whether it is a module."""
    words, index = list(argv), 0
    while index < len(words):
        word = words[index]
        if word in ("-m", "--"):
            return words[:index], words[index + 1 :], word == "-m"
        if not word.startswith("-") or word == "-":
            return words[:index], words[index:], False
        index += 2 if word in valued else 1
    return words, [], False


def exit_code(status: int, findings: Sequence[Finding], fail_on: str) -> int:
    """The script's own status if it failed, else 1 if a finding reaches the level."""
    if status:
        return status
    if fail_on == "never":
        return 0
    return int(any(finding.level.reaches(Level(fail_on)) for finding in findings))


@contextmanager
def _restored() -> Iterator[None]:
    """Undo what a script may do to the working directory and to the standard streams, once it has ended."""
    directory, stdout, stderr = os.getcwd(), sys.stdout, sys.stderr
    try:
        yield
    finally:
        with suppress(Exception):  # a stream of the script's own making may do anything
            sys.stdout.flush()
        sys.stdout, sys.stderr = stdout, stderr
        with suppress(OSError):  # the script may have removed it
            os.chdir(directory)


def _report(options: Namespace, findings: Sequence[Finding], outcome: Outcome, default_format: str) -> None:
    for remark in outcome.remarks:
        note(remark)
    unheld = default_format in DOCUMENT_FORMATS and options.output_file is None
    output_format = options.output_format or ("full" if unheld else default_format)
    if output_format == "json" and options.output_file is None:
        from torchcheck.report.as_json import dumps

        text = f"\n{dumps(findings, indent=None)}\n"
    else:
        style = PLAIN if options.output_file else style_for(sys.stdout)
        blank = "\n" if findings and options.output_file is None else ""  # between the script's lines and ours
        text = blank + formatted(findings, output_format, style=style)
    deliver(text, options.output_file, sys.stdout)
    closing(closing_line(findings, outcome))


def closing_line(findings: Sequence[Finding], outcome: Outcome) -> str:
    """As in `3 findings (1 error, 2 warnings) in 120 steps, 4.2 s`."""
    if outcome.status and not outcome.steps:
        return f"{summary(findings)}, stopped before the first step, {outcome.seconds:.1f} s"
    end = " (stopped there)" if outcome.stopped else ""
    return f"{summary(findings)} in {counted(outcome.steps, 'step')}, {outcome.seconds:.1f} s{end}"
