"""Compare what the ranks noted of their parameters: without a single collective, after the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from torchcheck.facts.replicas import Alike, ReplicasApart
from torchcheck.finding import Finding, Lens, Position, Span
from torchcheck.probe.silenced import Silenced
from torchcheck.ranks.record import Record
from torchcheck.rules.base import Rule
from torchcheck.rules.judge import Judge

APART = 1e-5
"""Parts of a norm: ranks of unlike hardware round in another way, which is a hundred times less."""

_CLEARLY = 1e-3  # gradients of other data differ by more, those that were averaged by nothing

Sample = dict[int, dict[str, Any]]
"""What ranks noted of one model on one step, by rank."""


def judged(rules: Sequence[Rule]) -> Callable[[Sequence[Record]], list[Finding]]:
    """What these rules say of records."""
    judge = Judge(rules, Lens.RUNTIME, lambda rule, error: None)
    silenced = Silenced()

    def judge_records(records: Sequence[Record]) -> list[Finding]:
        if not judge.wants("replicas"):
            return []
        found = [finding for fact in apart(records) for finding in judge.replicas(fact)]
        return [finding for finding in found if not silenced.covers(finding)]

    return judge_records


def apart(records: Sequence[Record]) -> Iterator[ReplicasApart]:
    """The models whose parameters are not the same on all ranks."""
    by_model: dict[tuple[Any, ...], dict[int, Sample]] = {}
    for record in records:
        for note in record.notes if record.rank is not None else ():
            for model in note.get("models", ()):
                steps = by_model.setdefault((*model["identity"], *model["group"]), {})
                steps.setdefault(note["step"], {})[note["rank"]] = model
    for steps in by_model.values():
        samples = [(step, sample) for step, sample in sorted(steps.items()) if _is_whole(sample)]
        fact = _fact(samples) if samples else None
        if fact is not None:
            yield fact


def _is_whole(sample: Sample) -> bool:
    """Whether at least two ranks noted the same parameters on this step, and all that this machine could have."""
    names = {tuple(name for name, *_ in model["parameters"]) for model in sample.values()}
    return len(sample) >= 2 and len(names) == 1


def _fact(samples: list[tuple[int, Sample]]) -> ReplicasApart | None:
    differing = [_differing(sample) for _, sample in samples]
    lasting = list(takewhile(bool, reversed(differing)))
    if not lasting:
        return None
    step, sample = samples[-1]
    constant = set.intersection(*map(set, lasting))
    if not constant:
        return None
    names = sorted(constant, key=lambda name: -differing[-1][name])
    model = sample[min(sample)]
    others = differing[: len(differing) - len(lasting)]
    return ReplicasApart(
        model=model["name"],
        ranks=tuple(sorted(sample)),
        parameters=tuple(names),
        of_parameters=len(model["parameters"]),
        difference=differing[-1][names[0]],
        since=samples[len(others)][0],
        samples=len(lasting),
        began_alike=not differing[0],
        is_rejoined=any(others),
        gradients=_gradients([sample for _, sample in samples[len(others) :]], constant),
        is_wrapped=all(m["wrapped"] for m in sample.values()),
        is_hooked=any(m["hooked"] for _, s in samples for m in s.values()),
        bypassed=_span(model["bypassed"]),
        shares_data=all(m["shares_data"] for m in sample.values()),
        exchanges=any(m["exchanges"] for _, s in samples for m in s.values()),
        place=_span(model["place"]) or Span("<unknown>", Position(1, 1), Position(1, 1)),
        step=step,
    )


def _differing(sample: Sample) -> dict[str, float]:
    """The parameters that differ, with by how much."""
    columns = zip(*(model["parameters"] for model in sample.values()), strict=True)
    found = {}
    for column in columns:
        distance = _distance([(row[1], row[2]) for row in column])
        if distance is not None and distance > APART:
            found[column[0][0]] = distance
    return found


def _distance(values: list[tuple[float | None, float | None]]) -> float | None:
    """The largest difference of sums and norms, as a part of the norm; None where something is unknown or infinite."""
    sums = [value for value, _ in values if value is not None]
    norms = [norm for _, norm in values if norm is not None]
    if len(sums) < len(values) or len(norms) < len(values) or not all(map(_is_finite, (*sums, *norms))):
        return None
    scale = max(norms)
    return max(max(sums) - min(sums), max(norms) - min(norms)) / scale if scale else 0.0


def _is_finite(value: float) -> bool:
    return value - value == 0


def _gradients(samples: Iterable[Sample], apart: set[str]) -> Alike:
    """Equal if all gradients are, different if those of all these parameters are."""
    everywhere, of_apart = set(), set()
    for sample in samples:
        for column in zip(*(model["parameters"] for model in sample.values()), strict=True):
            distance = _distance([(row[3], row[4]) for row in column])
            if distance is None or any(row[4] for row in column):
                everywhere.add(distance is not None and distance <= APART)
            if column[0][0] in apart:
                of_apart.add(distance is not None and distance > _CLEARLY)
    if everywhere == {True}:
        return Alike.EQUAL
    return Alike.DIFFERENT if of_apart == {True} else Alike.UNCLEAR


def _span(data: Any) -> Span | None:
    if not data:
        return None
    filename, row, column, end_row, end_column = data
    return Span(filename, Position(row, column), Position(end_row, end_column))
