"""What several ranks found, as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from torchcheck.finding import Finding, merge
from torchcheck.ranks.record import Record
from torchcheck.rules.symptoms import without_symptoms

Judge = Callable[[Sequence[Record]], list[Finding]]
Mistake = tuple[str, str, int | None, int, str | None]


@dataclass(frozen=True, slots=True)
class Joined:
    """What all processes of a run say together.

    Attributes:
        findings: of all, merged and sorted; each says in its evidence which ranks saw it, as `ranks` and `of_ranks`.
        fresh: those that nobody has told yet.
        remarks: of all; one that only some ranks make says which.
        steps: those of the rank with most.
        seconds: of the one that ran longest.
        ranks: how many ranks there are; 0 for a process on its own.
        is_last: whether no other rank runs any more.
        was_told: whether another rank has told a part of it before.
    """

    findings: list[Finding]
    fresh: list[Finding]
    remarks: list[str]
    steps: int
    seconds: float
    ranks: int
    is_last: bool = True
    was_told: bool = False


def nothing(records: Sequence[Record]) -> list[Finding]:
    """The judge of those who compare nothing."""
    return []


def join(
    records: Sequence[Record], *, judge: Judge = nothing, told: Iterable[Mistake] = (), is_last: bool = True
) -> Joined:
    """Make one of the records of all ranks, each rank's own in its latest attempt.

    Args:
        records: of the ranks.
        judge: says what the records show together.
        told: mistakes that another rank has told.
        is_last: whether no rank runs any more.
    """
    attempts: dict[int | None, int] = {}
    for record in records:
        attempts[record.rank] = max(record.attempt, attempts.get(record.rank, 0))
    latest = [record for record in records if record.attempt == attempts[record.rank]]
    ordered = sorted(latest, key=lambda record: (record.rank is None, record.rank or 0))
    ranks = attempts.keys() - {None}
    findings = without_symptoms(merge([*_findings(ordered, len(ranks)), *judge(ordered)]))
    before = set(told)
    return Joined(
        findings=findings,
        fresh=[finding for finding in findings if mistake(finding) not in before],
        remarks=_remarks(ordered, len(ranks)),
        steps=max((record.steps for record in ordered), default=0),
        seconds=max((record.seconds for record in ordered), default=0.0),
        ranks=len(ranks),
        is_last=is_last,
        was_told=bool(before),
    )


def mistake(finding: Finding) -> Mistake:
    """What two ranks must agree on to have seen the same mistake."""
    return finding.code, finding.filename, finding.place.cell, finding.row, finding.module


def _findings(records: Sequence[Record], ranks: int) -> list[Finding]:
    seen: dict[Mistake, tuple[Finding, set[int]]] = {}
    for record in records:
        for finding in record.findings:
            _, who = seen.setdefault(mistake(finding), (finding, set()))
            if record.rank is not None:
                who.add(record.rank)
    return [_on(finding, who, ranks) for finding, who in seen.values()]


def _on(finding: Finding, who: set[int], ranks: int) -> Finding:
    if not who or ranks < 2 or "ranks" in finding.evidence:
        return finding
    return replace(finding, evidence={**finding.evidence, "ranks": sorted(who), "of_ranks": ranks})


def _remarks(records: Sequence[Record], ranks: int) -> list[str]:
    said: dict[str, set[int]] = {}
    for record in records:
        for remark in record.remarks:
            said.setdefault(remark, set()).update(() if record.rank is None else (record.rank,))
    return [_said(remark, sorted(who), ranks) for remark, who in said.items()]


def _said(remark: str, who: list[int], ranks: int) -> str:
    return remark if not who or len(who) == ranks else f"{named(who)}: {remark}"


def named(ranks: Sequence[int]) -> str:
    """As in `rank 1`, `ranks 0 and 3`, `ranks 0, 1 and 2`."""
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    return f"ranks {', '.join(map(str, ranks[:-1]))} and {ranks[-1]}"
