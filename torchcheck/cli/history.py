"""`torchcheck history`: the runs that were kept; what one did, and what changed between two."""

from __future__ import annotations

import importlib
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torchcheck.cli.output import closing, deliver
from torchcheck.cli.parser import Parser, add_config_options, count, parse, settings
from torchcheck.errors import UsageError
from torchcheck.history.find import find_run
from torchcheck.history.folder import run_folders, runs_directory
from torchcheck.history.run import load
from torchcheck.report.style import style_for
from torchcheck.report.text import counted, shown_path

_HELP = """\
usage: torchcheck history [list|show|compare|prune] [OPTIONS]

Every `torchcheck run` leaves a folder: the state of the code, the command line, versions, seeds, what optimizers were
built with, the losses of sampled steps, and what was found. Exit code: 0; 2 for a wrong option or a run that there is
not.

commands:
  list            the runs, the newest last
  show RUN        one run
  compare A B     what changed from run A to run B
  prune           remove old runs

RUN is an id, a beginning or end of one, `last`, or `last~1` for the run before the last.
Options of a command: torchcheck history COMMAND --help
"""


def main(argv: Sequence[str]) -> int:
    """List runs, show one, compare two, or remove old ones."""
    words = list(argv)
    if words and words[0] in ("-h", "--help", "help"):
        deliver(_HELP, None, sys.stdout)
        raise SystemExit(0)
    name = words.pop(0) if words and not words[0].startswith("-") else "list"
    if name in ("list", "show"):
        return _list(words) if name == "list" else _show(words)
    if name in ("compare", "prune"):
        status: int = importlib.import_module(f"torchcheck.cli.history_{name}").main(words)
        return status
    raise UsageError(f"no command `history {name}`; there are list, show, compare, prune")


def list_parser() -> Parser:
    """The options of `history list`."""
    parser = Parser("history list", "List the runs that were kept, the newest last.")
    parser.add_argument("--limit", type=count, default=20, metavar="N", help="only the newest; default: 20")
    return with_options(parser, formats=True)


def _list(argv: Sequence[str]) -> int:
    from torchcheck.history.view.listing import listing, to_json

    options = parse(list_parser(), argv)
    runs = runs_of(options)
    folders = run_folders(runs)
    shown = [load(folder) for folder in folders[-options.limit :]]
    if options.output_format == "json":
        deliver_json([to_json(run) for run in shown])
        return 0
    if shown:
        deliver(listing(shown, style_for(sys.stdout)), None, sys.stdout)
    more = f", the newest {len(shown)} shown" if len(shown) < len(folders) else ""
    closing(f"{counted(len(folders), 'run')} in {shown_path(str(runs))}{more}")
    return 0


def show_parser() -> Parser:
    """The options of `history show`."""
    parser = Parser("history show", "Show what is known of one run.")
    parser.add_argument("run", nargs="?", default="last", metavar="RUN", help="default: last")
    parser.add_argument("--diff", action="store_true", help="show only what had changed in the code since its commit")
    return with_options(parser, formats=True)


def _show(argv: Sequence[str]) -> int:
    from torchcheck.history.view.showing import showing, to_json

    options = parse(show_parser(), argv)
    run = load(find_run(runs_of(options), options.run))
    if options.diff:
        deliver(run.diff, None, sys.stdout)
    elif options.output_format == "json":
        deliver_json(to_json(run))
    else:
        deliver(showing(run, style_for(sys.stdout)), None, sys.stdout)
    return 0


def compare_parser() -> Parser:
    """The options of `history compare`."""
    parser = Parser("history compare", "Show what changed from run A to run B: code, command line, settings, findings.")
    parser.add_argument("before", metavar="A", help="a run: an id, a beginning of one, `last~1`")
    parser.add_argument("after", metavar="B", nargs="?", default="last", help="another; default: last")
    return with_options(parser, formats=True)


def with_options(parser: Parser, *, formats: bool) -> Parser:
    """The options that the commands have in common."""
    parser.add_argument("--history-dir", metavar="DIR", help="where runs are; default: .torchcheck/runs")
    if formats:
        parser.add_argument("--output-format", choices=("full", "json"), default="full", help="default: full")
        parser.add_argument(
            "--json", dest="output_format", action="store_const", const="json", help="the same as --output-format json"
        )
    add_config_options(parser)
    return parser


def runs_of(options: Namespace) -> Path:
    """Where the runs are."""
    chosen = settings(options, Path.cwd())
    return runs_directory(chosen, options.history_dir)


def deliver_json(data: Any) -> None:
    deliver(json.dumps(data, indent=2, allow_nan=False, default=str) + "\n", None, sys.stdout)
