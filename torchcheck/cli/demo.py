"""`torchcheck demo`: a broken training loop and its repaired twin, through both lenses."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from torchcheck.cli.output import deliver
from torchcheck.cli.parser import Parser, parse
from torchcheck.errors import UsageError
from torchcheck.finding import Finding, merge
from torchcheck.report.source import from_texts
from torchcheck.report.style import Style, style_for
from torchcheck.report.text import render, summary

_BROKEN, _REPAIRED = "broken.py", "repaired.py"
_EPOCH = re.compile(r"epoch +(?P<epoch>\d+) +loss +(?P<loss>\S+) +accuracy +(?P<accuracy>[\d.]+)%")
_BAR = 20

_INTRO = """\
{broken} trains a classifier of handwritten digits. It runs to its end without an error or a warning.
This is what `torchcheck lint {broken}` and `torchcheck run {broken}` say about it:
"""

_OUTRO = """\
{repaired} is the same loop with those lines mended: {clean}.

{table}
Both loops are yours to read and to try: torchcheck demo --copy FOLDER"""


def main(argv: Sequence[str]) -> int:
    """Lint and run the broken loop, run its twin, and set their learning curves side by side."""
    parser = Parser("demo", "Train a broken loop and its repaired twin, and show the difference. Takes some seconds.")
    parser.add_argument("--copy", metavar="FOLDER", help="copy the two loops there instead of running them")
    options = parse(parser, argv)
    if options.copy:
        return _copy(Path(options.copy))
    if importlib.util.find_spec("torch") is None:
        raise UsageError("the demo trains two small models and needs torch: pip install torch")
    with tempfile.TemporaryDirectory(prefix="torchcheck-demo-") as folder:
        place = Path(folder)
        _copy_loops(place)
        _show(place, style_for(sys.stdout))
    return 0


def _copy(folder: Path) -> int:
    existing = [name for name in (_BROKEN, _REPAIRED) if (folder / name).exists()]
    if existing:
        raise UsageError(f"{folder / existing[0]} exists already; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    _copy_loops(folder)
    print(f"wrote {folder / _BROKEN} and {folder / _REPAIRED}")
    return 0


def _copy_loops(folder: Path) -> None:
    loops = Path(__file__).parent.parent / "demo"
    for name in (_BROKEN, _REPAIRED):
        shutil.copyfile(loops / name, folder / name)


def _show(folder: Path, style: Style) -> None:
    deliver(_INTRO.format(broken=_BROKEN) + "\n", None, sys.stdout)
    linted, _ = _torchcheck(folder, "lint", _BROKEN)
    ran, broken_log = _torchcheck(folder, "run", _BROKEN)
    findings = merge(linted + ran)
    line_of = from_texts({str(folder / _BROKEN): (folder / _BROKEN).read_text(encoding="utf-8")})
    for finding in findings:
        deliver(render(finding, line_of, style).replace(f"{folder}{os.sep}", "") + "\n\n", None, sys.stdout)
    repaired, repaired_log = _torchcheck(folder, "run", _REPAIRED)
    table = curves(broken_log, repaired_log, colour=style.colour)
    deliver(_OUTRO.format(repaired=_REPAIRED, clean=summary(repaired), table=table) + "\n", None, sys.stdout)


def _torchcheck(folder: Path, command: str, script: str) -> tuple[list[Finding], str]:
    """The findings of a command on one of the loops, and what the loop printed."""
    report = folder / "findings.json"
    words = [sys.executable, "-m", "torchcheck", command, "--isolated", "--output-format", "json"]
    words += ["--no-history"] if command == "run" else []
    done = subprocess.run(
        [*words, "--output-file", str(report), script],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode not in (0, 1) or not report.exists():
        raise RuntimeError(f"`torchcheck {command} {script}` failed:\n{done.stderr}")
    return [Finding.from_json(data) for data in json.loads(report.read_text(encoding="utf-8"))], done.stdout


def curves(broken: str, repaired: str, *, colour: bool) -> str:
    """The epochs of two logs side by side, with a bar for the accuracy on the test images."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("epoch", "loss", _BROKEN, "", "loss", _REPAIRED, ""):
        table.add_column(title, justify="left" if title in (_BROKEN, _REPAIRED) else "right", no_wrap=True)
    for one, other in zip(_EPOCH.finditer(broken), _EPOCH.finditer(repaired), strict=True):
        table.add_row(one["epoch"], *_cells(one, "red"), *_cells(other, "green"))
    console = Console(width=100, no_color=not colour, force_terminal=colour, highlight=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _cells(epoch: re.Match[str], colour: str) -> tuple[str, str, str]:
    accuracy = float(epoch["accuracy"])
    bar = "█" * round(accuracy / 100 * _BAR)
    return epoch["loss"], f"[{colour}]{bar:<{_BAR}}[/]", f"{accuracy:.1f} %"
