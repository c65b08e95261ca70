"""`torchcheck history prune`: remove old runs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import timedelta

from torchcheck.cli.history import runs_of, with_options
from torchcheck.cli.output import closing
from torchcheck.cli.parser import Parser, parse
from torchcheck.errors import UsageError
from torchcheck.history.folder import run_folders
from torchcheck.history.prune import chosen, remove, size
from torchcheck.history.run import load
from torchcheck.report.text import counted

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def prune_parser() -> Parser:
    """The options of `history prune`."""
    parser = Parser(
        "history prune", "Remove old runs. With both options, those that both let go. None that is running."
    )
    parser.add_argument("--keep", type=_number, metavar="N", help="the newest N runs stay")
    parser.add_argument("--older-than", type=age, metavar="AGE", help="only runs that are older go: 30d, 12h, 8w")
    parser.add_argument("--dry-run", action="store_true", help="only say which")
    return with_options(parser, formats=False)


def main(argv: Sequence[str]) -> int:
    """Remove old runs."""
    options = parse(prune_parser(), argv)
    if options.keep is None and options.older_than is None:
        raise UsageError("say what goes: --keep N, --older-than 30d, or both")
    directory = runs_of(options)
    runs = [load(folder) for folder in run_folders(directory)]
    old = chosen(runs, keep=options.keep, older_than=options.older_than)
    freed = sum(size(run.folder) for run in old)
    for run in old:
        print(run.id)
        if not options.dry_run:
            try:
                remove(run)
            except OSError as error:
                raise UsageError(f"{run.folder}: can't be removed: {error.strerror}") from None
    verb = "would be removed" if options.dry_run else "removed"
    closing(f"{counted(len(old), 'run')} {verb} ({freed / 1e6:.1f} MB), {len(runs) - len(old)} stay")
    return 0


def age(text: str) -> timedelta:
    """`30d` as a time."""
    found = re.fullmatch(r"(\d+)([hdw])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be a number of hours, days or weeks like 12h, 30d or 8w, not {text!r}")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}")
    return int(text)
