"""One run, with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torchcheck.history.run import Run, Series, last_finite
from torchcheck.history.view import listing, words
from torchcheck.history.view.settings import flat
from torchcheck.history.view.spark import bounds, spark
from torchcheck.report.style import Style
from torchcheck.report.tables import table
from torchcheck.report.text import concise, counted

_WIDTH = 40
_FILES = 5


def showing(run: Run, style: Style) -> str:
    """A run in text."""
    parts = [table(("", ""), list(facts(run, style)), style)]
    settings = flat(run)
    if settings:
        rows = [(name, words.value(value)) for name, value in settings.items()]
        parts.append(_titled("settings", table(("", ""), rows, style), style))
    curves = [*_curves(run.lead.losses), *_curves(run.lead.rates, "lr of ")]
    if curves:
        parts.append(_titled("curves", table(("", "", ""), curves, style), style))
    if run.findings:
        found = "".join(f"{concise(finding, style)}\n" for finding in run.findings)
        parts.append(_titled("findings", found, style))
    if run.joined.remarks:
        parts.append(_titled("remarks", "".join(f"{remark}\n" for remark in run.joined.remarks), style))
    return "\n".join(parts)


def to_json(run: Run) -> dict[str, Any]:
    """A run as JSON types."""
    lead = run.lead
    return {
        **listing.to_json(run),
        "error": run.error,
        "directory": run.start.get("directory"),
        "git": run.git or None,
        "environment": {**_versions(run), **lead.environment},
        "seed": lead.seed.get("torch"),
        "models": lead.models,
        "optimizers": lead.optimizers,
        "schedulers": lead.schedulers,
        "losses": _series(lead.losses),
        "rates": _series(lead.rates),
        "processes": [process.who for process in run.processes],
        "findings": [finding.to_json() for finding in run.findings],
        "remarks": run.joined.remarks,
    }


def facts(run: Run, style: Style) -> Iterator[tuple[str, str]]:
    ranks = f" on {run.joined.ranks} ranks" if run.joined.ranks > 1 else ""
    steps = f"{counted(run.steps, 'step')}{ranks}, {words.seconds(run.seconds)}"
    yield "run", style.bold(run.id)
    yield "began", words.when(run)
    yield "command", words.command(run)
    yield "directory", run.start.get("directory", "-")
    yield from _code(run)
    yield "status", f"{words.status(run, style)}, {steps}"
    if run.error:
        yield "error", run.error
    environment = _versions(run) | {
        name: run.lead.environment.get(name) for name in ("torch", "numpy", "cuda") if run.lead.environment.get(name)
    }
    yield "versions", ", ".join(f"{name} {version}" for name, version in environment.items())
    devices = run.lead.environment.get("devices")
    if devices:
        yield "devices", ", ".join(devices)
    if run.lead.seed:
        seed = run.lead.seed.get("torch")
        yield "seed", "not set" if seed is None else str(seed)
    yield "folder", str(run.folder)


def _code(run: Run) -> Iterator[tuple[str, str]]:
    git = run.git
    if not git:
        yield "code", "no git repository"
        return
    changed, untracked = git.get("changed", []), git.get("untracked_count", 0)
    parts = [words.code(run)]
    if changed:
        more = f" and {len(changed) - _FILES} more" if len(changed) > _FILES else ""
        parts.append(f"changed: {', '.join(changed[:_FILES])}{more}")
    if untracked:
        parts.append(f"{counted(untracked, 'file')} not in git")
    yield "code", "; ".join(parts)


def _curves(many: Mapping[str, Series], before: str = "") -> Iterator[tuple[str, str, str]]:
    for name, series in many.items():
        span = bounds([series])
        if span is None or len(series.values) < 2:
            continue
        drawn = spark(series, _WIDTH, until=series.steps[-1] + 1, low=span[0], high=span[1])
        told = f"{words.number(series.values[0])} -> {words.number(series.values[-1])}"
        if not before:
            told += f", lowest {words.number(span[0])} at step {series.steps[series.values.index(span[0])]}"
        if last_finite(series) != series.values[-1]:
            told += ", no number at the end"
        yield f"{before}{name}", drawn, told


def _series(many: Mapping[str, Series]) -> dict[str, Any]:
    return {
        name: {"steps": series.steps, "values": [words.finite(value) for value in series.values]}
        for name, series in many.items()
    }


def _versions(run: Run) -> dict[str, str]:
    return {name: run.start[name] for name in ("python", "torchcheck") if name in run.start}


def _titled(title: str, text: str, style: Style) -> str:
    return f"{style.bold(title)}\n" + "".join(f"  {line}\n" for line in text.splitlines())
