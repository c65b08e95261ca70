"""`torchcheck history compare`: what changed from one run to another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from torchcheck.cli.history import compare_parser, deliver_json, runs_of
from torchcheck.cli.output import deliver
from torchcheck.cli.parser import parse
from torchcheck.history.compare import compare
from torchcheck.history.find import find_run
from torchcheck.history.git import between
from torchcheck.history.run import Run, load
from torchcheck.history.view.comparing import comparing, to_json
from torchcheck.report.style import style_for


def main(argv: Sequence[str]) -> int:
    """Compare two runs."""
    options = parse(compare_parser(), argv)
    runs = runs_of(options)
    before, after = (load(find_run(runs, name)) for name in (options.before, options.after))
    compared = compare(before, after)
    changed = between_commits(before, after)
    if options.output_format == "json":
        deliver_json(to_json(compared, changed))
    else:
        deliver(comparing(compared, changed, style_for(sys.stdout)), None, sys.stdout)
    return 0


def between_commits(before: Run, after: Run) -> str | None:
    """What git says of the two commits, if they are two and it still knows both."""
    commits = before.git.get("commit"), after.git.get("commit")
    if None in commits or commits[0] == commits[1]:
        return None
    directory = Path(after.start.get("directory") or ".")
    return between(directory if directory.is_dir() else Path.cwd(), str(commits[0]), str(commits[1]))
