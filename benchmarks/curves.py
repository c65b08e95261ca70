"""How often the rules about learning curves are right: simulated curves of which it is known what they show.

python benchmarks/curves.py [--runs N] [--markdown]

Each kind of curve is drawn `--runs` times at three levels of noise, from fixed seeds. The noise multiplies the loss,
with the given standard deviation from one value to the next, and each value resembles the one before (correlation
0.5). For each rule that a kind of curve deserves, the table says how often it spoke (hits), and for each kind, how
often any other rule spoke (false alarms).
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Lens, Position, Span
from torchcheck.rules.judge import Judge
from torchcheck.selection import Selection

NOISE = (0.02, 0.1, 0.3)
CODES = ("TCK608", "TCK609", "TCK610", "TCK611", "TCK612", "TCK618")
ADVICE = {"TCK611", "TCK612", "TCK618"}
PLACE = Span("simulated", Position(1, 1), Position(1, 1))


@dataclass(frozen=True)
class Kind:
    """A kind of curve.

    Attributes:
        name: what it is.
        deserves: the rules that should speak.
        draw: makes one, of a source of chance and a level of noise.
        allowed: rules whose word is right, but not needed.
    """

    name: str
    deserves: frozenset[str]
    draw: Callable[[random.Random, float], Curve]
    allowed: frozenset[str] = frozenset()


def noisy(shape: Sequence[float], rng: random.Random, noise: float) -> list[float]:
    """A shape with noise that is like its neighbour."""
    values, before = [], 0.0
    for height in shape:
        before = 0.5 * before + math.sqrt(1 - 0.25) * rng.gauss(0, noise)
        values.append(height * math.exp(before))
    return values


def series(name: str, values: Sequence[float], every: int = 1) -> Series:
    return Series(name=name, steps=[float(i * every) for i in range(1, len(values) + 1)], values=values, place=PLACE)


def decay(n: int, first: float, last: float, time: float) -> list[float]:
    """Exponential, from one level to another."""
    return [last + (first - last) * math.exp(-i / n / time) for i in range(n)]


STEPS, EPOCHS = 600, 20


def training(shape: Callable[[], list[float]], chance: float | None = None) -> Callable[[random.Random, float], Curve]:
    """A curve with a training loss alone."""

    def draw(rng: random.Random, noise: float) -> Curve:
        return Curve(training=series("loss", noisy(shape(), rng, noise)), chance=chance, unit="step")

    return draw


def both(
    shape: list[float], validation: list[float], regularised: tuple[str, ...] | None = None
) -> Callable[[random.Random, float], Curve]:
    """A curve with a validation an epoch, which averages over more samples: a third of the noise."""

    def draw(rng: random.Random, noise: float) -> Curve:
        every = len(shape) // len(validation)
        return Curve(
            training=series("loss", noisy(shape, rng, noise)),
            validation=series("val_loss", noisy(validation, rng, noise / 3), every),
            comparable=True,
            regularised=regularised,
        )

    return draw


def valley(n: int, first: float, low: float, last: float, best: float) -> list[float]:
    """Falls to its best and rises on a straight line."""
    turn = int(best * n)
    down = decay(turn, first, low, 0.25)
    return [*down, *(down[-1] + (last - down[-1]) * (i + 1) / (n - turn) for i in range(n - turn))]


def accuracy(last: float, samples: int, jumps: float = 0.0) -> Callable[[random.Random, float], Curve]:
    """Accuracies measured on a finite set, with its sampling noise, and weights that jump."""

    def draw(rng: random.Random, noise: float) -> Curve:
        shape = [last - (last - 0.1) * math.exp(-i / 3) for i in range(EPOCHS)]
        values = []
        for p in shape:
            moved = min(max(p + rng.gauss(0, jumps), 0.0), 1.0)
            values.append(sum(rng.random() < moved for _ in range(samples)) / samples)
        loss = series("loss", noisy(decay(STEPS, 2.3, 0.3, 0.2), rng, noise))
        return Curve(training=loss, metric=series("val_acc", values), samples=samples, unit="epoch")

    return draw


def _spiked() -> list[float]:
    shape = decay(STEPS, 2.3, 0.3, 0.2)
    for start in (200, 400, 560):
        for i in range(15):
            shape[start + i] += 4 * math.exp(-i / 4)
    return shape


def _tasks() -> list[float]:
    return [value for _ in range(4) for value in decay(STEPS // 4, 2.3, 0.3, 0.2)]


def _lost() -> list[float]:
    return [*decay(400, 2.3, 0.4, 0.2), *([2.35] * 200)]


def _annealed() -> list[float]:
    falling = decay(STEPS, 1.0, 0.2, 0.1)
    return [value + 0.3 * min(1.0, i / 300) for i, value in enumerate(falling)]


def _grown(rate: float, n: int) -> Callable[[], list[float]]:
    return lambda: [0.8 * math.exp(rate * i) for i in range(n)]


def _plateau_then_drop() -> list[float]:
    return [2.3] * 350 + decay(STEPS - 350, 2.3, 0.2, 0.2)


FALLING = decay(STEPS, 2.3, 0.3, 0.2)
SILENT: frozenset[str] = frozenset()


def deserves(*codes: str) -> frozenset[str]:
    return frozenset(codes)


KINDS = (
    Kind("stays at the loss of guessing", deserves("TCK608"), training(lambda: [2.303] * STEPS, math.log(10))),
    Kind("the same, 300 steps", deserves("TCK608"), training(lambda: [2.303] * 300, math.log(10))),
    Kind("the same, 5000 steps", deserves("TCK608"), training(lambda: [2.303] * 5000, math.log(10))),
    Kind("flat in a log of 600 rows", deserves("TCK608"), training(lambda: [2.303] * STEPS)),
    Kind("blows up in 25 steps", deserves("TCK609"), training(_grown(0.2, 25))),
    Kind("grows slowly, to 20 times", deserves("TCK609"), training(_grown(0.005, STEPS))),
    Kind("learns, then is lost", deserves("TCK609"), training(_lost)),
    Kind("overfits from epoch 7", deserves("TCK610"), both(FALLING, valley(EPOCHS, 2.3, 0.8, 1.5, 0.35))),
    Kind("overfits by 25 %", deserves("TCK610"), both(FALLING, valley(EPOCHS, 2.3, 0.8, 1.0, 0.5))),
    Kind("overfits, 10 evaluations", deserves("TCK610"), both(FALLING, valley(10, 2.3, 0.8, 1.6, 0.4))),
    Kind(
        "both stay high",
        deserves("TCK611"),
        both(decay(STEPS, 2.3, 1.8, 0.08), decay(EPOCHS, 2.2, 1.85, 0.08)),
        allowed=deserves("TCK618"),
    ),
    Kind(
        "ends in the middle of its way",
        deserves("TCK611"),
        both(
            [2.3 * math.exp(-0.5 * i / STEPS) for i in range(STEPS)], [2.3 * math.exp(-i / 40) for i in range(EPOCHS)]
        ),
    ),
    Kind("accuracy 0.98 of 1000, converged", deserves("TCK612"), accuracy(0.98, 1000)),
    Kind("accuracy jumps by 0.03, 5000 samples", deserves("TCK612"), accuracy(0.8, 5000, 0.03)),
    Kind(
        "dropout: training above validation",
        deserves("TCK618"),
        both(decay(STEPS, 2.4, 0.8, 0.2), decay(EPOCHS, 1.6, 0.55, 0.2), ("dropout",)),
    ),
    Kind("learns", SILENT, training(lambda: FALLING)),
    Kind("learns slowly: -15 % in all", SILENT, training(lambda: decay(STEPS, 2.3, 1.95, 1.0), math.log(10))),
    Kind("long plateau, then learns", SILENT, training(_plateau_then_drop, math.log(10))),
    Kind("fine-tuning: flat at a good level, live", SILENT, training(lambda: [0.4] * STEPS, math.log(10))),
    Kind("converged to 1e-6", SILENT, training(lambda: decay(STEPS, 1.0, 1e-6, 0.03))),
    Kind("flat at 1e-5 from the start", SILENT, training(lambda: [1e-5] * STEPS)),
    Kind("8 steps", SILENT, training(lambda: [2.3] * 8)),
    Kind("spikes that heal", SILENT, training(_spiked)),
    Kind("four tasks, one after another", SILENT, training(_tasks)),
    Kind("a term is weighted in", SILENT, training(_annealed)),
    Kind(
        "early rise to 2.5 times, then learns", SILENT, training(lambda: [2.0, 3.5, 5.0, *decay(STEPS, 5.0, 0.4, 0.1)])
    ),
    Kind("changes its sign", SILENT, training(lambda: [math.sin(i / 9) for i in range(STEPS)])),
    Kind("validation falls, too", SILENT, both(FALLING, decay(EPOCHS, 2.3, 0.4, 0.2))),
    Kind("validation stands, gap grows", SILENT, both(FALLING, decay(EPOCHS, 2.3, 0.8, 0.1))),
    Kind("validation rises by 4 %", SILENT, both(FALLING, valley(EPOCHS, 2.3, 0.8, 0.83, 0.4))),
    Kind("double descent", SILENT, both(FALLING, [*valley(12, 2.3, 0.8, 1.6, 0.4), *decay(8, 1.6, 0.6, 0.4)])),
    Kind("late understanding", SILENT, both(FALLING, [2.3 + 0.2 * i for i in range(14)] + decay(6, 5.0, 0.1, 0.2))),
    Kind("four epochs", SILENT, both(FALLING, valley(4, 2.3, 0.8, 1.5, 0.5))),
    Kind("accuracy still rises clearly", SILENT, accuracy(0.97, 100_000), allowed=deserves("TCK612")),
)


@dataclass(frozen=True)
class Row:
    kind: Kind
    hits: list[float | None]
    alarms: list[float]
    advice: list[float]


def judged(curve: Curve) -> set[str]:
    """The rules that speak of a curve, those that are off by default among them."""
    judge = Judge(Selection(CODES).rules(), Lens.RUNTIME, _raise)
    return {finding.code for finding in (*judge.curve(curve), *judge.scores(curve))}


def _raise(rule: object, error: Exception) -> None:
    raise error


def measured(kind: Kind, runs: int) -> Row:
    """How often the rules spoke of one kind of curve, at each level of noise."""
    row = Row(kind, [], [], [])
    for noise in NOISE:
        hits = alarms = advice = 0
        for seed in range(runs):
            curve = kind.draw(random.Random(f"{kind.name} {noise} {seed}"), noise)
            said = judged(replace_live(curve))
            hits += kind.deserves <= said
            wrong = said - kind.deserves - kind.allowed
            alarms += bool(wrong - ADVICE)
            advice += bool(wrong & ADVICE)
        row.hits.append(hits / runs if kind.deserves else None)
        row.alarms.append(alarms / runs)
        row.advice.append(advice / runs)
    return row


def replace_live(curve: Curve) -> Curve:
    """With a known loss of guessing a curve is judged as one of a run, else as one of a log."""
    return Curve(**{name: getattr(curve, name) for name in _NAMES} | {"live": curve.chance is not None})


_NAMES = tuple(name for name in Curve.__dataclass_fields__ if name != "live")


def table(rows: Sequence[Row]) -> str:
    """In Markdown."""
    head = [f"hits, noise {noise:.0%}" for noise in NOISE] + ["false alarms", "false advice"]
    lines = [f"| curve | deserves | {' | '.join(head)} |", "|---|---|" + "---|" * len(head)]
    for row in rows:
        hits = ["" if hit is None else f"{hit:.0%}" for hit in row.hits]
        wrong = [" / ".join(f"{part:.0%}" for part in parts) for parts in (row.alarms, row.advice)]
        deserved = ", ".join(sorted(row.kind.deserves)) or "silence"
        lines.append(f"| {row.kind.name} | {deserved} | {' | '.join([*hits, *wrong])} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100, help="curves of each kind and level of noise; default: 100")
    options = parser.parse_args()
    print(table([measured(kind, options.runs) for kind in KINDS]))


if __name__ == "__main__":
    main()
