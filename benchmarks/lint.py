"""What linting costs, against `libcst.parse_module` alone over the same files.

    python benchmarks/lint.py timm          an installed package, found without importing it
    python benchmarks/lint.py path/to/src   a folder

Both run cold, in this process, on one core; CPU time, taken in turns, medians. The ratio is what counts.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from torchcheck.lint.engine import lint_files
from torchcheck.rules import all_rules

GOAL = 1.3


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="CPU time of a lint run relative to parsing with libcst alone.")
    parser.add_argument("where", nargs="*", default=["timm"], help="packages or folders")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    ratios = [compare(name, options.rounds) for name in options.where]
    return 0 if max(ratios) <= GOAL else 1


def compare(name: str, rounds: int) -> float:
    """Lint and parse the files of a package or folder in turns; print and return the ratio of the medians."""
    files = sorted(_root(name).rglob("*.py"))
    texts = [_text(path) for path in files]
    lint: list[float] = []
    parse: list[float] = []
    for _ in range(rounds):
        parse.append(_cpu(lambda: _parse(texts)))
        lint.append(_cpu(lambda: _lint(files)))
    ratio = statistics.median(lint) / statistics.median(parse)
    megabytes = sum(map(len, texts)) / 1e6
    print(
        f"{name}: {len(files)} files, {megabytes:.1f} MB; lint {statistics.median(lint):.2f} s, "
        f"libcst alone {statistics.median(parse):.2f} s, ratio {ratio:.2f} (goal: at most {GOAL})"
    )
    return ratio


def _root(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{name!r} is neither a folder nor an installed package")
    return Path(next(iter(spec.submodule_search_locations)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _lint(files: Sequence[Path]) -> None:
    lint_files(files, [rule() for rule in all_rules()])


def _parse(texts: Sequence[str]) -> None:
    import libcst as cst

    for text in texts:
        try:
            cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue


def _cpu(work: Callable[[], None]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
