"""Put each mistake into each correct program, and see who finds it.

    python benchmarks/faults [--only CODE] [--program NAME] [--json FILE] [--show CODE PROGRAM]

The programs of `programs/` are right: both lenses must be silent about them. Every mistake of `mistakes.py` is put into
each of them by a change of its source, where it has a place for it, and the result is linted, and run under the probes.
The table says for each which lens found it; beside it stands whatever else was accused.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import libcst as cst

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from mistakes import MISTAKES, Mistake  # noqa: E402

from tests.lenses import lint, run  # noqa: E402
from torchcheck.finding import Lens  # noqa: E402
from torchcheck.rules import find_rule  # noqa: E402

FOUND, MISSED, NOT_APPLICABLE = "found", "MISSED", "."


@dataclass
class Result:
    """What the lenses made of one program with one mistake; of a correct program, with none."""

    code: str
    program: str
    run: str
    lint: str
    others: list[str]


def main(argv: Sequence[str] | None = None) -> int:
    """Run all, print the table; 1 where the probes miss more than 5 %, or anybody accuses what is right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", metavar="CODE")
    parser.add_argument("--program", action="append", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--show", nargs=2, metavar=("CODE", "PROGRAM"), help="print the program with the mistake")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    options = parser.parse_args(argv)
    if options.show:
        print(broken(options.show[1], next(one for one in MISTAKES if one.code == options.show[0])))
        return 0
    mistakes = [one for one in MISTAKES if not options.only or one.code in options.only]
    programs = [
        p.stem for p in sorted((HERE / "programs").glob("*.py")) if not options.program or p.stem in options.program
    ]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool, quiet():
        clean = list(pool.map(lambda name: _right(name), programs))
        pairs = [(one, name) for one in mistakes for name in programs]
        results = [one for one in pool.map(lambda pair: _wrong(*pair, Path(folder)), pairs) if one is not None]
    _print(mistakes, programs, results)
    for one in [*clean, *results]:
        for other in one.others:
            print(f"{one.code or 'right'} in {one.program}: {other}")
    if options.json:
        options.json.write_text(json.dumps([vars(one) for one in [*clean, *results]], indent=1) + "\n")
    seen = [one.run for one in results if one.run]
    share = seen.count(FOUND) / max(1, len(seen))
    read = [one.lint for one in results if one.lint]
    accused = sum(bool(one.others) for one in [*clean, *results])
    print(
        f"run: {seen.count(FOUND)} of {len(seen)} found ({share:.0%}); lint: {read.count(FOUND)} of {len(read)} found"
    )
    print(f"{len(clean)} right programs; {accused} programs in which anything else was accused")
    return int(share < 0.95 or accused > 0)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The tracebacks of programs that fail, as many should, are not shown."""
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)


def broken(program: str, mistake: Mistake) -> str | None:
    """The source of a program with a mistake."""
    module = mistake.change(cst.parse_module((HERE / "programs" / f"{program}.py").read_text()))
    return module.code if module is not None else None


def _right(program: str) -> Result:
    path = HERE / "programs" / f"{program}.py"
    seen, read = run(path), lint(path)
    failed = [f"it ended with {seen.status}"] if seen.status else []
    return Result(
        "", program, "", "", [*(f"run: {one}" for one in seen.alarms), *(f"lint: {o}" for o in read.alarms), *failed]
    )


def _wrong(mistake: Mistake, program: str, folder: Path) -> Result | None:
    source = broken(program, mistake)
    rule = find_rule(mistake.code)
    if source is None or rule is None:
        return None
    path = folder / mistake.code / f"{program}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    expected = {mistake.code, *mistake.also}
    result = Result(mistake.code, program, "", "", [])
    for lens, look in ((Lens.RUNTIME, run), (Lens.STATIC, lint)):
        seen = look(path)
        name = "run" if lens is Lens.RUNTIME else "lint"
        if lens in rule.lenses():
            setattr(result, name, FOUND if mistake.code in seen.codes else MISSED)
        result.others += [f"{name}: {one}" for one in seen.alarms if one.split()[0] not in expected]
    return result


def _print(mistakes: list[Mistake], programs: list[str], results: list[Result]) -> None:
    """A line a rule; in each cell `run/lint`: + found, - missed, . the lens does not know the rule."""
    by = {(one.code, one.program): one for one in results}
    mark = {FOUND: "+", MISSED: "-", "": "."}
    print(" " * 8 + " ".join(f"{name[:12]:<12}" for name in programs))
    for mistake in mistakes:
        cells = [by.get((mistake.code, name)) for name in programs]
        shown = [f"{mark[one.run]}/{mark[one.lint]}" if one is not None else "" for one in cells]
        print(f"{mistake.code:<8}" + " ".join(f"{cell:<12}" for cell in shown))


if __name__ == "__main__":
    sys.exit(main())
