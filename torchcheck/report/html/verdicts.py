"""What the rules about learning curves say of each training, advice among it, as `torchcheck curves` does for a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchcheck.curves.picture import told
from torchcheck.facts.curve import Curve
from torchcheck.finding import Finding, Lens
from torchcheck.history.run import Run
from torchcheck.records import frozen
from torchcheck.report.html.markup import Markup, element, joined, prose, table
from torchcheck.report.html.side import Side
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule
from torchcheck.rules.judge import Judge

_MOST = 16


@frozen
class Verdict:
    """A training, and what the rules say of it."""

    curve: Curve
    findings: list[Finding]


def judged(run: Run) -> list[Verdict]:
    """Every training of a run that was seen to its end, judged by all rules about curves as they are by default."""
    judge = Judge([rule() for rule in _rules()], Lens.RUNTIME, lambda rule, error: None)
    return [
        Verdict(curve, sorted((*judge.curve(curve), *judge.scores(curve)), key=Finding.sort_key))
        for curve in run.lead.curves[:_MOST]
    ]


def told_of(side: Side, verdicts: Sequence[Verdict]) -> Markup:
    """A part for each training; a word where there was none."""
    head = element("h3", f"Verdicts on {side.label}" if side.label else "Verdicts")
    if not verdicts:
        return joined([head, element("p", _WITHOUT, class_="quiet")])
    return joined([head, *(_part(verdict, alone=len(verdicts) == 1) for verdict in verdicts)])


def _rules() -> list[type[Rule]]:
    return [rule for rule in all_rules() if {"curve", "scores"} & set(rule.facts())]


_WITHOUT = (
    "Curves are judged when a training ends, from ten steps on, where one loss is minimised at one line of the "
    "program; of this run none was kept."
)


def _part(verdict: Verdict, *, alone: bool) -> Markup:
    curve, found = verdict.curve, verdict.findings
    training = curve.training or curve.validation
    assert training is not None
    span = f"{curve.unit}s {training.steps[0]:g} to {training.steps[-1]:g}"
    title = [] if alone else [element("h4", f"Training of {span}")]
    shown = table(("", ""), list(_told(curve)), f"Curves of {span}", class_="facts")
    calm = [] if found else [f"None of the {len(_rules())} rules about curves objects."]
    if curve.ended_at is not None:
        before = f" None of the {len(_rules())} rules about curves objects to what lies before." if calm else ""
        calm = [f"The loss is no number from {curve.unit} {curve.ended_at:g} on.{before}"]
    parts = [*title, shown, *(element("p", text, class_="calm") for text in calm)]
    if not found:
        return joined(parts)
    rows = [
        element(
            "li",
            element("span", _level(finding), class_=f"badge level {finding.level.value}"),
            element("a", f"{finding.code} {finding.name}", href=f"#rule-{finding.code}", class_="rule"),
            element("span", prose(finding.message)),
            element("span", prose(finding.help), class_="quiet"),
        )
        for finding in found
    ]
    return joined([*parts, element("ul", *rows, class_="verdicts")])


def _level(finding: Finding) -> str:
    return {"info": "advice"}.get(finding.level.value, finding.level.value)


def _told(curve: Curve) -> Iterator[tuple[str, str]]:
    for series in (curve.training, curve.validation):
        if series is not None:
            yield series.name, _arrow(told(series, curve, min(series.values)))
    if curve.metric is not None:
        yield curve.metric.name, _arrow(told(curve.metric, curve, max(curve.metric.values)))


def _arrow(text: str) -> str:
    return text.replace("->", "→")
