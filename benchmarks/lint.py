"""What linting costs, as ratios in one run over the same files.

    python benchmarks/lint.py timm                         an installed package, found without importing it
    python benchmarks/lint.py path/to/src                  a folder
    python benchmarks/lint.py timm --peer "torchfix --select ALL" --peer "pylint --load-plugins=dslinter"

Every command is a process of its own, in turns; the median of the rounds counts. Against one another are put

- `torchcheck lint -j1` without a cache, start-up and all, and `libcst.parse_module` alone (CPU time);
- the same with `-j2` (wall time), and with a warm cache in which nothing has changed (wall time);
- one file of about 300 lines, cold (wall time), and the peak memory of the first.

A peer is a command that gets the folder as its last word. The exit status is 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

LINT = (sys.executable, "-m", "torchcheck", "lint", "--isolated", "--exit-zero", "--output-format", "concise")
PARSE = """
import sys, time
from pathlib import Path
import libcst
texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(Path(sys.argv[1]).rglob("*.py"))]
start = time.process_time()
for text in texts:
    try:
        libcst.parse_module(text)
    except libcst.ParserSyntaxError:
        pass
print(time.process_time() - start)
"""
GOALS = {"cold over libcst": 1.0, "one file, seconds": 0.35, "peak memory, MB": 400.0}
"""At most."""
LEAST = {"-j2 faster than -j1": 1.7, "warm faster than cold": 50.0}
"""At least."""


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of CPU and of the clock, and its peak memory in MB."""

    cpu: float
    wall: float
    memory: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The cost of a lint run.")
    parser.add_argument("where", nargs="?", default="timm", help="an installed package, or a folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", action="append", default=[], metavar="COMMAND", help="another linter, to compare")
    options = parser.parse_args(arguments)
    root = _root(options.where)
    files = sorted(root.rglob("*.py"))
    print(f"{options.where}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")
    measured = measure(root, files, options.rounds)
    for peer in options.peer:
        cost = _run([*shlex.split(peer), str(root)])
        print(f"{peer.split()[0]}: {cost.cpu:.1f} s CPU, {cost.cpu / measured['cold CPU, seconds']:.1f} x torchcheck")
    for name, value in measured.items():
        goal = f" (goal: at most {GOALS[name]})" if name in GOALS else ""
        goal = f" (goal: at least {LEAST[name]})" if name in LEAST else goal
        print(f"{name:24} {value:8.2f}{goal}")
    missed = any(measured[name] > goal for name, goal in GOALS.items())
    return int(missed or any(measured[name] < goal for name, goal in LEAST.items()))


def measure(root: Path, files: Sequence[Path], rounds: int) -> dict[str, float]:
    """The medians of some rounds, by what they are of."""
    one = min(files, key=lambda path: abs(len(path.read_bytes().splitlines()) - 300))
    parse: list[float] = []
    cold: list[Cost] = []
    two: list[Cost] = []
    warm: list[Cost] = []
    single: list[Cost] = []
    for _ in range(rounds):
        parse.append(float(subprocess.check_output([sys.executable, "-c", PARSE, str(root)])))
        cold.append(_run([*LINT, "--no-cache", "--jobs", "1", str(root)]))
        two.append(_run([*LINT, "--no-cache", "--jobs", "2", str(root)]))
        single.append(_run([*LINT, "--no-cache", str(one)]))
        with tempfile.TemporaryDirectory() as cache:
            _run([*LINT, "--cache-dir", cache, "--jobs", "1", str(root)])
            warm.append(_run([*LINT, "--cache-dir", cache, "--jobs", "1", str(root)]))
    seconds = statistics.median(cost.cpu for cost in cold)
    wall = statistics.median(cost.wall for cost in cold)
    return {
        "libcst CPU, seconds": statistics.median(parse),
        "cold CPU, seconds": seconds,
        "cold over libcst": seconds / statistics.median(parse),
        "-j2 faster than -j1": wall / statistics.median(cost.wall for cost in two),
        "warm faster than cold": wall / statistics.median(cost.wall for cost in warm),
        "one file, seconds": statistics.median(cost.wall for cost in single),
        "peak memory, MB": max(cost.memory for cost in cold),
    }


def _root(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{name!r} is neither a folder nor an installed package")
    return Path(next(iter(spec.submodule_search_locations)))


def _run(command: Sequence[str]) -> Cost:
    start = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1) and command[: len(LINT)] == LINT:
        sys.exit(f"{shlex.join(command)} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, perf_counter() - start, used.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
