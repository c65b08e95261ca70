"""What starting costs: processor time of whole processes, over that of a bare Python, in turns.

    python benchmarks/startup.py [--rounds N]

Each command runs in a process of its own; the least time of the rounds is what a machine that does nothing else takes.
The goals are those of `GOALS`, in milliseconds over `python -c pass`; the exit status is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

MISTAKE = Path(__file__).parent.parent / "examples" / "mistakes" / "softmax_before_cross_entropy.py"
GOALS: dict[str, tuple[list[str], float]] = {
    "torchcheck --version": (["-m", "torchcheck", "--version"], 60),
    "torchcheck lint FILE": (["-m", "torchcheck", "lint", "--isolated", "--no-cache", str(MISTAKE)], 400),
    "pytest, the plugin installed": (["-m", "pytest", "--version"], 400),
}
BARE = ["-c", "pass"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Start-up cost of the commands over a bare Python.")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args(arguments).rounds
    best = {name: float("inf") for name in ("python -c pass", *GOALS)}
    for _ in range(rounds):
        for name, command in [("python -c pass", BARE), *((name, words) for name, (words, _) in GOALS.items())]:
            best[name] = min(best[name], milliseconds(command))
    bare = best["python -c pass"]
    print(f"{'python -c pass':30} {bare:6.0f} ms")
    missed = False
    for name, (_, goal) in GOALS.items():
        over = best[name] - bare
        missed |= over > goal
        print(
            f"{name:30} {best[name]:6.0f} ms, {over:4.0f} over bare Python, x{best[name] / bare:.1f} (goal {goal:.0f})"
        )
    return int(missed)


def milliseconds(command: Sequence[str]) -> float:
    """Processor time of one run of `python ...`, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
