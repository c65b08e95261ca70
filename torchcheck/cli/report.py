"""`torchcheck report`: a run as one page for the browser."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from torchcheck.cli.history import runs_of
from torchcheck.cli.history_compare import between_commits
from torchcheck.cli.output import check_output_file, closing
from torchcheck.cli.parser import Parser, add_config_options, parse
from torchcheck.errors import UsageError
from torchcheck.history.find import find_run
from torchcheck.history.run import Run, load
from torchcheck.report.html.page import MARK, page
from torchcheck.report.html.plotly_script import plotly_script
from torchcheck.report.text import shown_path, summary
from torchcheck.textfile import write_atomically

_DESCRIPTION = """\
Write what is known of a run as one HTML page: findings with their source, loss and learning rate, heat maps of the
layers, activations, settings. The page needs nothing else: it can be mailed, and opened without a network.

RUN is an id, a beginning or end of one, `last`, or `last~1` for the run before the last; `torchcheck history` lists
them. A report that is there is replaced; a file that is none is not. Exit code: 0; 2 for a wrong option or path, a run
that there is not, or where plotly is missing."""

DEFAULT = "report.html"


def build_parser() -> Parser:
    """The options of `report`."""
    parser = Parser("report", _DESCRIPTION)
    parser.add_argument("run", nargs="?", default="last", metavar="RUN", help="default: last")
    parser.add_argument("--compare", metavar="RUN2", help="show it beside this one, and what changed since")
    parser.add_argument("-o", "--output-file", metavar="FILE", default=DEFAULT, help=f"default: {DEFAULT}")
    parser.add_argument("--open", action="store_true", help="show the page in the browser")
    parser.add_argument("--history-dir", metavar="DIR", help="where runs are; default: .torchcheck/runs")
    add_config_options(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    """Write the page."""
    options = parse(build_parser(), argv)
    path = _target(options)
    runs = runs_of(options)
    run = load(find_run(runs, options.run))
    other = load(find_run(runs, options.compare)) if options.compare is not None else None
    if other is not None and other.folder == run.folder:
        raise UsageError(f"--compare {options.compare}: that is the run itself, {run.id}")
    text = page(run, other, plotly_script(), between_commits(other, run) if other is not None else None)
    data = text.encode()
    _write(path, data)
    closing(f"{shown_path(str(path))}: {_named(run, other)}, {summary(run.findings)}, {len(data) / 1e6:.1f} MB")
    if options.open:
        import webbrowser

        webbrowser.open(path.absolute().as_uri())
    return 0


def _target(options: Namespace) -> Path:
    """Where the page goes. Raises UsageError where it can't, or would replace something else."""
    check_output_file(options.output_file)
    path = Path(options.output_file)
    try:
        if path.exists() and not _is_ours(path):
            raise UsageError(
                f"--output-file {path}: is there, and is no report of torchcheck; remove it or name another file"
            )
    except OSError as error:
        raise _unwritable(path, error) from None
    return path


def _is_ours(path: Path) -> bool:
    """Whether a file is a report, or empty, or no regular file (`/dev/stdout`). Raises OSError."""
    if not path.is_file() or not path.stat().st_size:
        return True
    with open(path, "rb") as file:
        return file.read(len(MARK)) == MARK.encode()


def _write(path: Path, data: bytes) -> None:
    try:
        if path.is_file():
            write_atomically(path, data)
        else:
            path.write_bytes(data)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"--output-file {path}: can't be written: {error.strerror or error}")


def _named(run: Run, other: Run | None) -> str:
    return f"run {run.id}" + (f" beside {other.id}" if other is not None else "")
