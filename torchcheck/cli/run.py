"""`torchcheck run`: run a training script under the probes."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.cli.company import Company, guest_environment
from torchcheck.cli.kept import Kept
from torchcheck.cli.launchers import launch
from torchcheck.cli.live import Live
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
from torchcheck.cli.terminable import TERMINATED_EXIT, Deferred, Terminable
from torchcheck.config import FAIL_ON, OUTPUT_FORMATS
from torchcheck.errors import UsageError
from torchcheck.finding import Finding, Level
from torchcheck.history.folder import runs_directory
from torchcheck.history.recorder import Command
from torchcheck.per_file import PerFileIgnores
from torchcheck.report.style import PLAIN, style_for
from torchcheck.report.text import counted, summary
from torchcheck.report.write import DOCUMENT_FORMATS, formatted

if TYPE_CHECKING:
    from torchcheck.config import Settings
    from torchcheck.probe import script
    from torchcheck.probe.script import Outcome
    from torchcheck.ranks.join import Joined
    from torchcheck.rules.base import Rule

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
    probes.add_argument(
        "--live", action="store_true", help="show a panel on the last lines of the terminal while it trains"
    )
    add_output_options(parser, OUTPUT_FORMATS)
    history = parser.add_argument_group("history")
    history.add_argument(
        "--history-dir", metavar="DIR", help="where the folder of this run is made; default: .torchcheck/runs"
    )
    history.add_argument("--no-history", action="store_true", help="keep nothing of this run")
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
    launched = launch(target[0], target[1:], ours, is_module=is_module)
    subject, of_module = (launched.target, launched.is_module) if launched else (target[0], is_module)
    chosen = settings(options, Path.cwd() if of_module else Path(subject))
    command = Command("run", [subject, *target[1:]], ours, is_module=of_module)
    live = Live(options.live, subject, PerFileIgnores(chosen))
    run = _Run(options, chosen, rules(options, chosen), Kept(_runs(options, chosen), command), live)
    try:
        return run.launch(target[0], launched.args, module=is_module) if launched else run(target, module=is_module)
    finally:
        live.close()
        run.company.close()
        run.kept.close()


def _runs(options: Namespace, chosen: Settings) -> Path | None:
    """Where runs are kept; None where none is."""
    wanted = chosen.run.history and not options.no_history
    return runs_directory(chosen, options.history_dir) if wanted else None


class _Run:
    """One run with these options."""

    def __init__(self, options: Namespace, chosen: Settings, selected: list[Rule], kept: Kept, live: Live) -> None:
        self._options, self._chosen, self._rules = options, chosen, selected
        self.kept, self._live = kept, live
        self._streams = sys.stdout, sys.stderr
        self._deferred = Deferred()
        self.company = Company(selected)

    def launch(self, target: str, args: Sequence[str], *, module: bool) -> int:
        """Run a launcher, whose ranks are watched and leave here what they find."""
        with _environment(guest_environment(self.company.folder()) | self.kept.environment()):
            return self([target, *args], module=module)

    def __call__(self, target: Sequence[str], *, module: bool) -> int:
        """Run the program, and tell what was found; the exit code."""
        from torchcheck.probe import script

        with self._deferred:
            with _restored(), Terminable() as terminable:
                outcome = script.run_script(
                    target[0],
                    target[1:],
                    module=module,
                    rules=self._rules,
                    every=self._options.every or self._chosen.run.every,
                    steps=self._options.steps,
                    fail_fast=self._options.fail_fast,
                    company=self._others(),
                )
            return self._tell(outcome, TERMINATED_EXIT if terminable.terminated else _status(outcome))

    def _others(self) -> script.Company:
        """Who has to know of the run."""
        from torchcheck.probe import script

        return script.Company(
            self.company.keeper,
            self.company.folder,
            self._deferred.arm,
            self._leave,
            hearers=[*self.kept.hearers(), *self._live.hearers()],
            history=self.kept.folder,
        )

    def _leave(self, outcome: Outcome) -> int:
        """The script ends the process at once."""
        sys.stdout.flush()
        sys.stdout, sys.stderr = self._streams
        try:
            return self._tell(outcome, outcome.status)
        finally:
            self.company.close()

    def _tell(self, outcome: Outcome, status: int) -> int:
        """Report, if no other rank does; the exit code."""
        self._live.close()
        fail_on = self._options.fail_on or self._chosen.run.fail_on
        per_file = PerFileIgnores(self._chosen)
        outcome.findings[:] = [finding for finding in outcome.findings if not per_file.covers(finding)]
        self.kept.end(outcome)
        ended = status or outcome.status  # a rank that stops at an error ends the others
        joined = self.company.settle(outcome, ended, lambda: self._deferred.came)
        if joined is None:
            return ended
        try:
            _report(self._options, joined, outcome, self._chosen.output_format)
        except UsageError as error:
            if not status:
                raise
            print(f"torchcheck: error: {error}", file=sys.stderr)
        # A rank that ends with a failure ends the others: those that run must not pay for what was found.
        return exit_code(status, joined.findings, fail_on) if joined.is_last else ended


def _status(outcome: Outcome) -> int:
    return 0 if outcome.stopped else outcome.status


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
def _environment(names: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


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


def _report(options: Namespace, joined: Joined, outcome: Outcome, default_format: str) -> None:
    if joined.was_told and not joined.fresh:
        return
    findings = joined.findings
    for remark in joined.remarks:
        note(remark)
    unheld = default_format in DOCUMENT_FORMATS and options.output_file is None
    output_format = options.output_format or ("full" if unheld else default_format)
    if output_format == "json" and options.output_file is None:
        from torchcheck.report.as_json import dumps

        text = f"\n{dumps(findings, indent=None)}\n"
    else:
        style = PLAIN if options.output_file else style_for(sys.stdout)
        told = findings if options.output_file else joined.fresh
        blank = "\n" if told and options.output_file is None else ""  # between the script's lines and ours
        text = blank + formatted(told, output_format, style=style)
    deliver(text, options.output_file, sys.stdout)
    closing(closing_line(joined, outcome))


def closing_line(joined: Joined, outcome: Outcome) -> str:
    """As in `3 findings (1 error, 2 warnings) in 120 steps, 4.2 s`."""
    ranks = f" on {joined.ranks} ranks" if joined.ranks > 1 else ""
    found = summary(joined.findings)
    if outcome.status and not joined.steps:
        return f"{found}, stopped before the first step{ranks}, {joined.seconds:.1f} s"
    end = " (stopped there)" if outcome.stopped else ""
    return f"{found} in {counted(joined.steps, 'step')}{ranks}, {joined.seconds:.1f} s{end}"
