"""The lines of the panel, for a width and a height."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

from rich.text import Text

from torchcheck.finding import Finding, Level
from torchcheck.history.run import Series
from torchcheck.history.view.spark import bounds, spark
from torchcheck.live.state import USEFUL, State

if TYPE_CHECKING:
    from rich.console import Console

_CURVE = 32
_NAME = 24
_LOSSES = 2
_RATIOS = 3
_COLOURS = {Level.ERROR: "bold red", Level.WARNING: "bold yellow", Level.INFO: "bold blue"}


def lines(state: State, title: str, width: int, most: int) -> list[Text]:
    """What there is to show, in so many lines at most, none wider than the width."""
    shown = [_rule(title, width), _status(state)]
    losses = list(state.losses.items())[-_LOSSES:]
    shown += [_loss(name, series, state.step) for name, series in losses] or [Text("no loss so far", style="dim")]
    left = most - len(shown)
    shown += _updates(state, min(_RATIOS, left // 2))
    shown += _findings(state, most - len(shown))
    return [_fitted(line, width) for line in shown]


def drawn(console: Console, text: list[Text]) -> list[str]:
    """The lines as a terminal takes them."""
    with console.capture() as captured:
        for line in text:
            console.print(line, soft_wrap=True)
    return captured.get().split("\n")[: len(text)]


def _rule(title: str, width: int) -> Text:
    head, end = f"── {title} ", " torchcheck ──"
    return Text(f"{head}{'─' * max(width - len(head) - len(end), 1)}{end}", style="cyan")


def _status(state: State) -> Text:
    minutes, seconds = divmod(int(state.seconds), 60)
    speed = state.steps_per_second
    parts = [
        f"step {state.step}",
        f"epoch {state.epoch}" if state.epoch is not None else "",
        state.phase or "",
        f"{speed:.3g} steps/s" if speed is not None else "",
        f"{minutes}:{seconds:02}",
        _rates(state.rates),
    ]
    text = Text("   ".join(part for part in parts if part))
    text.highlight_words([parts[0]], style="bold")
    return text


def _rates(rates: dict[str, float]) -> str:
    if len(set(rates.values())) < 2:
        return "".join(f"learning rate {rate:.3g}" for rate in set(rates.values()))
    return "learning rates " + ", ".join(f"{name} {rate:.3g}" for name, rate in rates.items())


def _loss(name: str, series: Series, step: int) -> Text:
    """Its last value, its way so far, and its least."""
    text = Text(f"{_cut(name, _NAME):<{min(len(name), _NAME)}}  ")
    last = series.values[-1]
    text.append(f"{last:<10.4g}", style="bold" if math.isfinite(last) else "bold red")
    edges = bounds([series])
    if edges is not None:
        curve = spark(series, _CURVE, until=series.steps[-1] + 1, low=edges[0], high=edges[1])
        text.append(curve, style="green")
        text.append(f"  lowest {edges[0]:.4g}", style="dim")
    if series.steps[-1] < step - 1:
        text.append(f"  measured at step {series.steps[-1]}", style="dim")
    return text


def _updates(state: State, most: int) -> list[Text]:
    """The ratios that are farthest from useful."""
    low, high = USEFUL
    shown: list[Text] = []
    for name, ratio in state.worst(most):
        text = Text("update / weight  " if not shown else " " * 17)
        odd = "below" if ratio < low else "above" if ratio > high else "within"
        text.append(f"{ratio:<9.2g}", style="green" if odd == "within" else "bold yellow")
        text.append(f"{odd} {low:g} to {high:g}  ", style="dim")
        shown.append(text.append(name))
    return shown


def _findings(state: State, most: int) -> list[Text]:
    """The newest ones that there is room for; the first line counts them where some are left out."""
    if not state.findings:
        return [Text("no findings so far", style="dim")]
    if len(state.findings) <= most:
        return [_finding(finding, state.root) for finding in state.findings]
    newest = state.findings[len(state.findings) - most + 1 :] if most > 1 else []
    return [
        Text(f"{len(state.findings)} findings, of which the newest:"),
        *(_finding(one, state.root) for one in newest),
    ]


def _finding(finding: Finding, root: str) -> Text:
    text = Text(f"{finding.level.value} {finding.code}", style=_COLOURS[finding.level])
    message = " ".join(finding.message.replace(root, "").split())
    return text.append(f" {os.path.basename(finding.filename)}:{finding.row} {message}", style="default not bold")


def _fitted(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    return line


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
