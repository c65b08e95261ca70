"""Parts of runs as words."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from typing import Any

from torchcheck.finding import Level
from torchcheck.history.run import Run
from torchcheck.report.style import Style
from torchcheck.report.text import counted, shown_path


def number(value: float | None) -> str:
    """Four digits of a number; a dash for none."""
    return "-" if value is None else f"{value:.4g}"


def value(thing: Any) -> str:
    """A setting."""
    if thing is None:
        return "-"
    if isinstance(thing, bool):
        return "yes" if thing else "no"
    if isinstance(thing, list):
        return f"[{', '.join(map(value, thing))}]"
    return f"{thing:g}" if isinstance(thing, float) else str(thing)


def seconds(of: float) -> str:
    """As in `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if of < 60:
        return f"{of:.1f} s"
    units = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))
    large, name, small, rest = next(unit for unit in units if of >= unit[0])
    return f"{int(of // large)} {name} {int(of % large // small)} {rest}"


def when(run: Run) -> str:
    """When it began, in the time zone of who reads it."""
    began = run.began
    return began.astimezone().strftime("%Y-%m-%d %H:%M") if began is not None else "-"


def code(run: Run) -> str:
    """As in `main@1a2b3c4+`: branch, commit, and whether something had changed."""
    git = run.git
    if not git:
        return "-"
    commit = (git.get("commit") or "no commit")[:7]
    mark = {True: "+", None: "?"}.get(git.get("dirty"), "")
    return f"{git['branch']}@{commit}{mark}" if git.get("branch") else f"{commit}{mark}"


def script(run: Run) -> str:
    """What was run, without its arguments."""
    command = run.start.get("command", {})
    if not run.words:
        return command.get("door") or "-"
    return f"-m {run.words[0]}" if command.get("is_module") else shown_path(run.words[0])


def command(run: Run) -> str:
    """The whole command line."""
    given = run.start.get("command", {})
    words = shlex.join(run.words)
    if given.get("door") == "run":
        module = ["-m"] if given.get("is_module") else []
        return f"torchcheck run {' '.join([*map(shlex.quote, given.get('options', [])), *module, words])}"
    return words or "-"


def levels(run: Run) -> dict[str, int]:
    """How many findings of each level."""
    counts = Counter(finding.level for finding in run.findings)
    return {level.value: counts[level] for level in (Level.ERROR, Level.WARNING, Level.INFO) if counts[level]}


def findings(run: Run, style: Style) -> str:
    """As in `1 error, 2 warnings`; a dash for none."""
    counts = levels(run)
    nouns = {"error": "error", "warning": "warning", "info": "remark"}
    return ", ".join(style.level(Level(name), counted(n, nouns[name])) for name, n in counts.items()) or "-"


def status(run: Run, style: Style) -> str:
    """How it ended."""
    text = run.status
    return style.good(text) if text == "ok" else style.level(Level.ERROR, text) if "failed" in text else text


def last_loss(run: Run) -> float | None:
    """The last value of its loss, also one that is no number."""
    return run.loss.values[-1] if run.loss is not None and run.loss.values else None


def finite(of: float | None) -> float | str | None:
    """For JSON, which has no word for NaN."""
    return of if of is None or math.isfinite(of) else str(of)
