"""What the probes cost: training loops with and without them, interleaved in one process.

    python benchmarks/overhead.py [--steps N] [--rounds N] [--only NAME] [--json FILE] [--select CODE] [--examples]

Each loop runs alternately bare and watched, from the same seed, on one thread; CPU time is taken per stretch of steps
(the probes measure often at first, then rarely), and the median over the rounds of watched divided by bare is shown. A
second bare loop beside them shows how far such a ratio can be trusted. `--examples` runs the scripts of `examples/` in
processes of their own instead, once bare and once under `torchcheck run`, imports included.
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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from by_observer import MeasuredSession, table
from torch import Tensor, nn

from torchcheck.probe.session import Session
from torchcheck.selection import Selection

Loop = Callable[[int], Iterator[None]]
STRETCHES = (("first 20 steps", 0, 20), ("steps 20-200", 20, 200), ("from step 200", 200, 10**9))


def mlp(steps: int) -> Iterator[None]:
    """784-256-10, batch 64, AdamW."""
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    yield from _train(model, torch.randn(512, 784), torch.randint(0, 10, (512,)), steps, batch=64)


def cnn(steps: int) -> Iterator[None]:
    """32 x 32 colour images, 0.3 million parameters, batch norm, batch 64, AdamW."""
    model = nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64 * 64, 64), nn.ReLU(), nn.Linear(64, 10)),
    )
    yield from _train(model, torch.randn(256, 3, 32, 32), torch.randint(0, 10, (256,)), steps, batch=64)


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.positions = nn.Embedding(128, 128), nn.Embedding(32, 128)
        layer = nn.TransformerEncoderLayer(128, 4, 512, 0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(128, 10)

    def forward(self, ids: Tensor) -> Tensor:
        h = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        return self.head(self.blocks(h).mean(1))


def transformer(steps: int) -> Iterator[None]:
    """4 layers of width 128, sequences of 32, batch 16, AdamW."""
    yield from _train(Transformer(), torch.randint(0, 128, (256, 32)), torch.randint(0, 10, (256,)), steps, batch=16)


def _train(model: nn.Module, x: Tensor, y: Tensor, steps: int, batch: int) -> Iterator[None]:
    """One step at a time, so that the caller can look at the clock."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for step in range(steps):
        rows = torch.arange(step * batch, step * batch + batch) % len(x)
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield


LOOPS: dict[str, tuple[Loop, int]] = {"mlp": (mlp, 1000), "cnn": (cnn, 300), "transformer": (transformer, 300)}


def clock(loop: Loop, steps: int, session: Session | None) -> list[float]:
    """CPU seconds of each stretch that the loop reaches."""
    torch.manual_seed(0)
    with contextlib.ExitStack() as stack:
        if session is not None:
            session.start()
            stack.callback(session.end)
        times, start = [], time.process_time()
        running = loop(steps)
        for _, first, last in STRETCHES:
            if first >= steps:
                break
            for _ in range(min(last, steps) - first):
                next(running)
            now = time.process_time()
            times.append(now - start)
            start = now
    return times


def compare(loop: Loop, steps: int, rounds: int, select: list[str] | None) -> dict[str, Any]:
    """Medians over the rounds of watched over bare, and of bare over bare."""
    rules = Selection(select=tuple(select) if select else None).rules()
    clock(loop, min(steps, 20), Session(rules))  # warm up
    bare, watched, again = [], [], []
    for turn in range(rounds):
        variants = [(bare, False), (watched, True), (again, False)]
        for times, is_watched in variants[turn % 3 :] + variants[: turn % 3]:
            times.append(clock(loop, steps, Session(rules) if is_watched else None))
    rows = {}
    for i, (name, first, last) in enumerate(STRETCHES[: len(bare[0])]):
        rows[name] = _row(
            [b[i] for b in bare], [w[i] for w in watched], [a[i] for a in again], min(last, steps) - first
        )
    whole = [[sum(times) for times in runs] for runs in (bare, watched, again)]
    rows["all"] = _row(*whole, steps)
    return {"steps": steps, "rounds": rounds, "stretches": rows}


def _row(bare: list[float], watched: list[float], again: list[float], steps: int) -> dict[str, float]:
    return {
        "ratio": statistics.median(w / b for w, b in zip(watched, bare, strict=True)),
        "noise": statistics.median(a / b for a, b in zip(again, bare, strict=True)),
        "bare_ms_a_step": 1000 * statistics.median(bare) / steps,
    }


def by_observer(loop: Loop, default: int, steps: int | None) -> list[str]:
    """A table of the probes' own times in one run."""
    session = MeasuredSession(Selection().rules())
    clock(loop, steps or default, session)
    return table(session)


def examples(rounds: int) -> dict[str, Any]:
    """Whole scripts in processes of their own, imports included."""
    found = sorted((Path(__file__).parent.parent / "examples").glob("[a-z]*.py"))
    results = {}
    for script in [path for path in found if not path.name.startswith("test_")]:
        pairs = []
        for _ in range(rounds):
            bare = _child([sys.executable, str(script)])
            pairs.append((bare, _child([sys.executable, "-m", "torchcheck", "run", str(script)])))
        ratio = statistics.median(watched / bare for bare, watched in pairs)
        results[script.stem] = {"ratio": ratio, "bare_s": statistics.median(bare for bare, _ in pairs)}
    return results


def _child(command: list[str]) -> float:
    """CPU seconds of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    usage = os.wait4(process.pid, 0)[2]
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, help="steps of each run (default: 300 to 1000, by loop)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=LOOPS, help="only this loop")
    parser.add_argument("--select", action="append", help="only these rules")
    parser.add_argument("--by-observer", action="store_true", help="show which probe is told what, and what it costs")
    parser.add_argument("--examples", action="store_true", help="time the scripts of examples/ instead")
    parser.add_argument("--json", type=Path, help="write the results there")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    results: dict[str, Any] = {}
    if arguments.examples:
        results = examples(arguments.rounds)
        for name, result in results.items():
            print(f"{name:28} bare {result['bare_s']:7.2f} s   with probes x {result['ratio']:.3f}", flush=True)
    elif arguments.by_observer:
        for name in [arguments.only] if arguments.only else LOOPS:
            print("\n".join([name, *by_observer(*LOOPS[name], arguments.steps)]), flush=True)
    else:
        for name in [arguments.only] if arguments.only else LOOPS:
            loop, steps = LOOPS[name]
            results[name] = compare(loop, arguments.steps or steps, arguments.rounds, arguments.select)
            print(f"{name} ({results[name]['steps']} steps, median of {arguments.rounds})")
            for stretch, row in results[name]["stretches"].items():
                ratios = f"x {row['ratio']:.3f} with probes   x {row['noise']:.3f} bare again"
                print(f"  {stretch:15} {row['bare_ms_a_step']:8.2f} ms a step   {ratios}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps({"torch": torch.__version__, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
