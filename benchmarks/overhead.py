"""What the probes cost: training loops with and without them, interleaved in one process.

    python benchmarks/overhead.py [--steps N] [--rounds N] [--only NAME] [--json FILE] [--select CODE] [--every N]
    python benchmarks/overhead.py --by-observer | --memory | --examples | --peer NAME [--python INTERPRETER]

Each loop runs alternately bare and watched, from the same seed, on one thread. CPU time is taken of each step, the
least of all rounds counts, and watched is divided by bare for stretches of steps (the probes measure often at first,
then rarely). A second bare loop beside them shows how far such a ratio can be trusted.

`--by-observer` shows which probe is told what, and what that costs. `--memory` compares the peak memory of processes
that train 25 million parameters. `--peer` puts another tool around the loop instead of the probes; those are not
installed with torchcheck, and `--python` names an interpreter that has them. `--examples` runs the scripts of
`examples/` in processes of their own, once bare and once under `torchcheck run`, imports included.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from by_observer import MeasuredSession, table
from runtime_peers import PEERS, Tool, bare
from training_loops import LOOPS, Loop, wide

from torchcheck.probe.session import Session
from torchcheck.selection import Selection

STRETCHES = (
    ("first 20 steps", 0, 20),
    ("steps 20-200", 20, 200),
    ("steps 200-2000", 200, 2000),
    ("from step 2000", 2000, 10**9),
)


def clock(loop: Loop, steps: int, session: Session | None, tool: Tool = bare) -> list[float]:
    """CPU seconds of each step."""
    torch.manual_seed(0)
    with contextlib.ExitStack() as stack:
        if session is not None:
            session.start()
            stack.callback(session.end)
        running = loop(steps, tool)
        stack.callback(running.close)  # type: ignore[attr-defined]
        times, start = [], time.process_time()
        for _ in range(steps):
            next(running)
            now = time.process_time()
            times.append(now - start)
            start = now
    return times


def compare(loop: Loop, steps: int, rounds: int, watch: Callable[[], Session | None], tool: Tool) -> dict[str, Any]:
    """Watched over bare, and bare over bare.

    Of each step the least time of the rounds is taken, then the sum of these: steps differ from each other, but the
    same step is the same work in every round, and whatever made it longer was something else on the machine.
    """
    clock(loop, min(steps, 20), watch(), tool)  # warm up
    runs: dict[str, list[list[float]]] = {"bare": [], "watched": [], "again": []}
    for turn in range(rounds):
        names = list(runs)
        for name in names[turn % 3 :] + names[: turn % 3]:
            times = clock(loop, steps, watch(), tool) if name == "watched" else clock(loop, steps, None)
            runs[name].append(times)
    least = {name: [min(step) for step in zip(*all_of, strict=True)] for name, all_of in runs.items()}
    rows = {}
    for stretch, first, last in (*STRETCHES, ("all", 0, steps)):
        last = min(last, steps)
        if first < last:
            plain, watched, again = (sum(least[name][first:last]) for name in ("bare", "watched", "again"))
            rows[stretch] = {
                "ratio": watched / plain,
                "noise": again / plain,
                "bare_ms_a_step": 1000 * plain / (last - first),
            }
    return {"steps": steps, "rounds": rounds, "stretches": rows}


def by_observer(loop: Loop, steps: int) -> list[str]:
    """A table of the probes' own times in one run."""
    session = MeasuredSession(Selection().rules())
    clock(loop, steps, session)
    return table(session)


def memory(rounds: int) -> str:
    """What the probes add to the peak memory of a process that trains 96 MB of parameters."""
    ours = [sys.executable, __file__, "--train-wide"]
    bare_mb, watched_mb = (
        statistics.median(_run([*ours, which])[1] for _ in range(rounds)) for which in ("bare", "watched")
    )
    return f"parameters 96 MB, peak {bare_mb:.1f} MB, with probes {watched_mb - bare_mb:+.1f} MB"


def train_wide(watched: bool) -> None:
    """What a process of `--memory` does. Both kinds import the probes and the rules."""
    session = Session(Selection().rules())
    clock(wide, 14, session if watched else None)


def examples(rounds: int) -> dict[str, Any]:
    """Whole scripts in processes of their own, imports included."""
    found = sorted((Path(__file__).parent.parent / "examples").glob("[a-z]*.py"))
    results = {}
    for script in [path for path in found if not path.name.startswith("test_")]:
        pairs = []
        for _ in range(rounds):
            alone = _run([sys.executable, str(script)])[0]
            pairs.append((alone, _run([sys.executable, "-m", "torchcheck", "run", str(script)])[0]))
        ratio = statistics.median(watched / alone for alone, watched in pairs)
        results[script.stem] = {"ratio": ratio, "bare_s": statistics.median(alone for alone, _ in pairs)}
    return results


def _run(command: list[str]) -> tuple[float, float]:
    """CPU seconds of a process, and its peak memory in MB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    usage = os.wait4(process.pid, 0)[2]
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def with_interpreter(python: str, words: list[str]) -> int:
    """This benchmark in another interpreter, which need not have torchcheck installed."""
    kept = [word for i, word in enumerate(words) if word != "--python" and words[i - 1 : i] != ["--python"]]
    paths = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.run([python, __file__, *kept], env={**os.environ, "PYTHONPATH": paths}, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, help="steps of each run (default: 300 to 4000, by loop)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=LOOPS, action="append", help="only this loop")
    parser.add_argument("--select", action="append", help="only these rules")
    parser.add_argument("--every", type=int, help="sample every so many steps")
    parser.add_argument("--by-observer", action="store_true", help="show which probe is told what, and what it costs")
    parser.add_argument("--memory", action="store_true", help="compare peak memory instead")
    parser.add_argument("--examples", action="store_true", help="time the scripts of examples/ instead")
    parser.add_argument("--peer", choices=PEERS, action="append", help="put this tool around the loop, not the probes")
    parser.add_argument("--python", help="the interpreter that has the peers installed")
    parser.add_argument("--json", type=Path, help="write the results there")
    parser.add_argument("--train-wide", choices=("bare", "watched"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.python:
        return with_interpreter(arguments.python, sys.argv[1:])
    torch.set_num_threads(1)
    results: dict[str, Any] = {}
    if arguments.train_wide:
        train_wide(arguments.train_wide == "watched")
    elif arguments.memory:
        print(memory(arguments.rounds))
    elif arguments.examples:
        results = examples(arguments.rounds)
        for name, result in results.items():
            print(f"{name:28} bare {result['bare_s']:7.2f} s   with probes x {result['ratio']:.3f}", flush=True)
    else:
        loops = {name: LOOPS[name] for name in arguments.only or LOOPS}
        if arguments.by_observer:
            for name, (loop, steps) in loops.items():
                print("\n".join([name, *by_observer(loop, arguments.steps or steps)]), flush=True)
        else:
            results = _loops(arguments, loops)
    if arguments.json:
        arguments.json.write_text(json.dumps({"torch": torch.__version__, "results": results}, indent=2) + "\n")
    return 0


def _loops(arguments: argparse.Namespace, loops: dict[str, tuple[Loop, int]]) -> dict[str, Any]:
    """The ratios of each loop, for the probes or for each of the peers."""
    rules = Selection(select=tuple(arguments.select) if arguments.select else None).rules()
    tools: dict[str, Tool] = {peer: PEERS[peer] for peer in arguments.peer or ()} or {"probes": bare}
    results: dict[str, Any] = {}
    for loop_name, (loop, default) in loops.items():
        for tool_name, tool in tools.items():
            watch = (lambda: Session(rules, every=arguments.every)) if tool is bare else (lambda: None)
            steps = arguments.steps or default
            result = compare(loop, steps, arguments.rounds, watch, tool)
            results[f"{loop_name}, {tool_name}"] = result
            print(f"{loop_name}, {tool_name} ({steps} steps, {arguments.rounds} rounds)")
            for stretch, row in result["stretches"].items():
                ratios = f"x {row['ratio']:.3f} watched   x {row['noise']:.3f} bare again"
                print(f"  {stretch:15} {row['bare_ms_a_step']:8.2f} ms a step   {ratios}", flush=True)
    return results


if __name__ == "__main__":
    sys.exit(main())
