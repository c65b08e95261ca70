"""`torchcheck curves`: what the learning curves of a log say."""

from __future__ import annotations

import math
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from torchcheck.cli.output import check_output_file, closing, deliver, note
from torchcheck.cli.parser import (
    Parser,
    add_config_options,
    add_output_options,
    comma_list,
    count,
    parse,
    settings,
)
from torchcheck.cli.run import exit_code
from torchcheck.config import FAIL_ON, OUTPUT_FORMATS, Settings
from torchcheck.curves.build import build
from torchcheck.curves.columns import Roles, guess, moving_target
from torchcheck.curves.logs import read
from torchcheck.curves.picture import picture
from torchcheck.curves.table import Table
from torchcheck.errors import UsageError
from torchcheck.facts.curve import Curve
from torchcheck.finding import Finding, Lens
from torchcheck.report.style import PLAIN, style_for
from torchcheck.report.text import counted, shown_path, summary
from torchcheck.report.write import formatted
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule
from torchcheck.rules.judge import Judge
from torchcheck.selection import Selection

_DESCRIPTION = """\
Read the log of a training and say what its learning curves show: divergence, a flat loss, overfitting, noise.

FILE is a CSV file (Lightning's metrics.csv and Keras' CSVLogger among them), JSON lines, a `trainer_state.json` of
Transformers, a JSON history, or a TensorBoard event file or its directory (with the package tensorboard installed).
The columns are told by their names (loss, train_loss, train/loss, val_loss, eval_loss, val/acc, step, epoch ...).

All rules about curves are on, advice among them. Exit code: 1 if a finding reaches --fail-on, else 0; 2 for a wrong
option, path or file."""


def build_parser() -> Parser:
    """The options of `curves`."""
    parser = Parser("curves", _DESCRIPTION)
    parser.add_argument("file", metavar="FILE", help="the log")
    columns = parser.add_argument_group("columns", "by name, where the usual names are not used")
    for option, text in (
        ("--train", "the training loss"),
        ("--validation", "the validation loss"),
        ("--metric", "the validation score; better when higher, up to 1 or 100"),
        ("--rate", "the learning rate"),
        ("--step", "what counts the time: steps or epochs"),
    ):
        columns.add_argument(option, metavar="COLUMN", help=text)
    known = parser.add_argument_group("what the log does not say")
    known.add_argument("--samples", type=count, metavar="N", help="samples in the validation set: how sure is a score?")
    known.add_argument("--classes", type=count, metavar="N", help="classes: what is the cross entropy of guessing?")
    chosen = parser.add_argument_group("rules", "codes, names or ALL; with commas or repeated")
    chosen.add_argument("--select", type=comma_list, action="extend", metavar="RULES", help="default: all about curves")
    chosen.add_argument("--ignore", type=comma_list, action="extend", metavar="RULES", help="rules to leave out")
    parser.add_argument("--fail-on", choices=FAIL_ON, help="level that makes the exit code 1; default: error")
    add_output_options(parser, OUTPUT_FORMATS)
    add_config_options(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    """Read the log, judge its curves, and show them."""
    options = parse(build_parser(), argv)
    check_output_file(options.output_file)
    path = Path(options.file)
    chosen = settings(options, path)
    rules = _rules(options, chosen)
    table = read(path)
    roles = _roles(options, table)
    chance = math.log(options.classes) if options.classes else None
    curve = build(table, roles, samples=options.samples, chance=chance)
    _check(options, table, roles, curve)
    findings = [] if _need_not_fall(options, table, roles) else _judged(rules, curve)
    _report(options, chosen, table, curve, findings)
    return exit_code(0, findings, options.fail_on or chosen.run.fail_on)


def _rules(options: Namespace, chosen: Settings) -> list[Rule]:
    about_curves = [rule.code for rule in all_rules() if {"curve", "scores"} & set(rule.facts())]
    wanted = Selection(tuple(options.select or about_curves), tuple(options.ignore or ()))
    on = chosen.selection(wanted).rules(chosen.rules, chosen.target_torch)
    rules = [rule for rule in on if rule.code in about_curves]
    if not rules:
        raise UsageError(f"no rule about curves is selected; there are {', '.join(about_curves)}")
    return rules


def _roles(options: Namespace, table: Table) -> Roles:
    """The columns that were named, and for the others those whose names tell."""
    guessed = guess(table.columns.values())
    named = {
        role: _named(table, option, name)
        for role, option, name in (
            ("training", "--train", options.train),
            ("validation", "--validation", options.validation),
            ("metric", "--metric", options.metric),
            ("rates", "--rate", options.rate),
            ("time", "--step", options.step),
        )
        if name is not None
    }
    return Roles(**{role: named.get(role, getattr(guessed, role)) for role in Roles.__dataclass_fields__})


def _need_not_fall(options: Namespace, table: Table, roles: Roles) -> bool:
    """Whether the log speaks of a training whose loss need not fall, and nobody asked for it to be judged."""
    told = moving_target(table.columns.values())
    if told is None or options.train is not None or roles.training is None:
        return False
    note(
        f"`{told}` speaks of reinforcement or adversarial learning, where a loss need not fall: nothing is judged; "
        f"--train {roles.training} has it judged"
    )
    return True


def _named(table: Table, option: str, name: str) -> str:
    column = table.columns.get(name)
    if column is None:
        raise UsageError(f"{option} {name}: {table.path} has no such column; it has {_listed(table)}")
    if not len(column.values):
        example = f" but {column.example!r}" if column.example else ""
        raise UsageError(f"{option} {name}: the column holds no numbers{example}")
    return name


def _listed(table: Table, most: int = 12) -> str:
    names = list(table.columns)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _check(options: Namespace, table: Table, roles: Roles, curve: Curve) -> None:
    """Say what can't be judged, and why."""
    for name in (roles.training, roles.validation, roles.metric):
        column = table.columns[name] if name else None
        if column is not None and column.odd:
            note(f"`{name}`: {counted(column.odd, 'cell')} left out that hold no number, as {column.example!r}")
    if roles.training is None and roles.validation is None:
        raise UsageError(f"{table.path}: no column is named like a loss; name one with --train, of {_listed(table)}")
    if curve.training is None and curve.validation is None:
        raise UsageError(f"{table.path}: `{roles.training or roles.validation}` holds no finite number")
    longest = max(len(series.values) for series in (curve.training, curve.validation) if series is not None)
    if longest < 4:
        note(f"{counted(longest, 'value')} of a loss: too few to say anything of a curve")
    if options.samples and not roles.is_accuracy:
        note("--samples: there is no column with an accuracy that it could speak of")


def _judged(rules: list[Rule], curve: Curve) -> list[Finding]:
    def broke(rule: Rule, error: Exception) -> None:
        raise error

    judge = Judge(rules, Lens.RUNTIME, broke)
    return sorted((*judge.curve(curve), *judge.scores(curve)), key=Finding.sort_key)


def _report(options: Namespace, chosen: Settings, table: Table, curve: Curve, findings: list[Finding]) -> None:
    output_format = options.output_format or chosen.output_format
    style = PLAIN if options.output_file else style_for(sys.stdout)
    text = formatted(findings, output_format, line_of=_no_source, style=style)
    if output_format == "full":
        head = f"{shown_path(table.path)}: {counted(table.rows, 'row')}"
        text = "\n".join([head, *picture(curve), "", text])
    deliver(text, options.output_file, sys.stdout)
    closing(summary(findings))


def _no_source(filename: str, row: int, cell: int | None = None) -> str | None:
    """The rows of a log explain nothing."""
    return None
