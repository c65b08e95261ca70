"""What starting costs: processor time of whole processes, over that of a bare Python, in turns.

    python benchmarks/startup.py [--rounds N]

Each command runs in a process of its own; the least time of the rounds is what a machine that does nothing else takes.
The goals are those of `GOALS`, in milliseconds over `python -c pass`, for `torchcheck run` over `python` with the same
script; the exit status is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

MISTAKE = Path(__file__).parent.parent / "examples" / "mistakes" / "softmax_before_cross_entropy.py"
SCRIPT = Path(__file__).parent / "one_step.py"
BARE = ("python -c pass", ["-c", "pass"])
SCRIPT_ALONE = ("python SCRIPT", [str(SCRIPT)])
GOALS: dict[str, tuple[list[str], float, tuple[str, list[str]]]] = {
    "torchcheck --version": (["-m", "torchcheck", "--version"], 60, BARE),
    "torchcheck lint FILE": (["-m", "torchcheck", "lint", "--isolated", "--no-cache", str(MISTAKE)], 400, BARE),
    "pytest, the plugin installed": (["-m", "pytest", "--version"], 400, BARE),
    "torchcheck run SCRIPT": (["-m", "torchcheck", "run", str(SCRIPT)], 400, SCRIPT_ALONE),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Start-up cost of the commands over a bare Python.")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args(arguments).rounds
    commands = dict([BARE, SCRIPT_ALONE]) | {name: words for name, (words, _, _) in GOALS.items()}
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            best[name] = min(best[name], milliseconds(command))
    for name, _ in (BARE, SCRIPT_ALONE):
        print(f"{name:30} {best[name]:6.0f} ms")
    missed = False
    for name, (_, goal, (base, _)) in GOALS.items():
        over = best[name] - best[base]
        missed |= over > goal
        ratio = best[name] / best[base]
        print(f"{name:30} {best[name]:6.0f} ms, {over:4.0f} over `{base}`, x{ratio:.1f} (goal {goal:.0f})")
    return int(missed)


def milliseconds(command: Sequence[str]) -> float:
    """Processor time of one run of `python ...`, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
