"""The programs beside this file, and what their comments say about them.

A bad program is one file, or a folder with a `train.py`, `main.py` or `run.py` that imports the others. Its mistake is
marked on the line that its user should look at:

    loss = criterion(model(x).softmax(1), y)  # expect: TCK101
    optimizer.zero_grad()  # expect: TCK202 runtime

A second word, `static` or `runtime`, says that only this lens can see it there. Leading comment lines may say

    # lens: runtime                  only this lens can see the mistake at all
    # crashes                        torch raises, as it does for the user
    # expect: TCK601 anywhere        some place of this program
    # also: TCK613                   a consequence of the mistake that may be named too

and several of them may share a line, parted by semicolons. A good program has a docstring that says why it is right.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENTRIES = ("train.py", "main.py", "run.py")
LENSES = frozenset({"static", "runtime"})
_MARK = re.compile(r"#.*?\bexpect: (TCK\d{3})(?: (static|runtime))?\s*$")
Runner = Callable[..., dict[str, Any]]
"""Runs a script; see server.py for the answer."""

_ANYWHERE = re.compile(r"expect: (TCK\d{3}) anywhere")


@dataclass(frozen=True)
class Mark:
    """A mistake and where it stands: `row` None is anywhere in the program."""

    code: str
    path: Path | None
    row: int | None
    lenses: frozenset[str]


@dataclass(frozen=True)
class Program:
    """One program: `root` names it, `script` starts it, `files` are all its sources."""

    root: Path
    script: Path
    files: tuple[Path, ...]
    marks: tuple[Mark, ...]
    also: frozenset[str]
    crashes: bool

    @property
    def name(self) -> str:
        return self.root.relative_to(HERE).with_suffix("").as_posix()

    @property
    def why(self) -> str:
        """The first line of its docstring."""
        return (ast.get_docstring(ast.parse(self.script.read_text("utf-8"))) or "").partition("\n")[0]


def bad_programs() -> list[Program]:
    """Every program with a mistake."""
    return [program for folder in sorted((HERE / "bad").iterdir()) for program in _programs(folder)]


def good_programs() -> list[Program]:
    """Every program that only looks as if it had one."""
    return list(_programs(HERE / "good"))


def _programs(folder: Path) -> Iterator[Program]:
    for root in sorted(folder.iterdir()):
        if root.suffix == ".py":
            yield _read(root, root, (root,))
        elif root.is_dir() and root.name != "__pycache__":
            files = tuple(sorted(root.rglob("*.py")))
            yield _read(root, next(root / name for name in ENTRIES if (root / name) in files), files)


def _read(root: Path, script: Path, files: tuple[Path, ...]) -> Program:
    header = _header(script)
    lens = next((item.removeprefix("lens:").strip() for item in header if item.startswith("lens:")), None)
    lenses = frozenset({lens}) if lens else LENSES
    anywhere = [Mark(match[1], None, None, lenses) for item in header if (match := _ANYWHERE.fullmatch(item))]
    also = {code for item in header if item.startswith("also:") for code in item.removeprefix("also:").split()}
    marks = [mark for file in files for mark in _marks(file, lenses)]
    return Program(root, script, files, tuple(anywhere + marks), frozenset(also), "crashes" in header)


def _header(script: Path) -> list[str]:
    items: list[str] = []
    for line in script.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        items += [item.strip() for item in line.lstrip("#").split(";")]
    return items


def _marks(file: Path, lenses: frozenset[str]) -> Iterator[Mark]:
    for row, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if match := _MARK.search(line):
            yield Mark(match[1], file, row, frozenset({match[2]}) if match[2] else lenses)
