"""One exam while it goes on: what is examined, how much time is left, and what was found."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchcheck.finding import Finding, Lens, Span
from torchcheck.preflight.kept import Kept
from torchcheck.preflight.task import Task
from torchcheck.probe.silenced import Silenced
from torchcheck.rules.base import Rule
from torchcheck.rules.judge import Judge

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from torchcheck.preflight.understood import Understood


class Sitting:
    """What the checks share.

    Attributes:
        task: what is examined.
        optimizer: the user's own, or None.
        model_name, optimizer_name: as the user calls them.
        place: where the exam was asked for.
        ready: the moment that each check begins from: as the user gave it, lazy parameters made.
        batch_dim: the axis of the inputs along which the samples lie; None where there is none.
        understood: the loss, where it is one call of torch's own; set by the first check.
        findings: what was found so far, without what comments silence.
        remarks: what broke.
    """

    def __init__(
        self,
        task: Task,
        optimizer: Optimizer | None,
        rules: Sequence[Rule],
        place: Span,
        names: tuple[str, str],
        seconds: float,
        batch_dim: int | None,
    ) -> None:
        self.task, self.optimizer, self.place = task, optimizer, place
        self.model_name, self.optimizer_name = names
        self.rules = rules
        self.ready: Kept
        self.understood: Understood | None = None
        self.findings: list[Finding] = []
        self.remarks: list[str] = []
        self.seconds = seconds
        self.batch_dim = batch_dim
        self._begun = time.perf_counter()
        self._silenced = Silenced()
        self._judge = Judge(rules, Lens.EXAM, self._rule_broke)

    @property
    def left(self) -> float:
        """Seconds that may still be used."""
        return max(self.seconds - (time.perf_counter() - self._begun), 0.0)

    @property
    def used(self) -> float:
        """Seconds since the exam began."""
        return time.perf_counter() - self._begun

    def rewind(self) -> None:
        """Back to the beginning, without gradients."""
        self.ready.restore()
        self.ready.clear_gradients()

    def wants(self, kind: str) -> bool:
        """Whether any rule judges this kind of fact."""
        return self._judge.wants(kind)

    def judge(self, kind: str, fact: object) -> tuple[str, ...]:
        """Put a fact before the rules; returns the codes of what was found."""
        return self.add(self._judge.exam(kind, fact))

    def add(self, findings: Sequence[Finding]) -> tuple[str, ...]:
        """Keep findings that no comment silences; returns their codes."""
        loud = [finding for finding in findings if not self._silenced.covers(finding)]
        known = {(f.code, f.place, f.module) for f in self.findings}
        self.findings += [finding for finding in loud if (finding.code, finding.place, finding.module) not in known]
        return tuple(dict.fromkeys(finding.code for finding in loud))

    def _rule_broke(self, rule: Rule, error: Exception) -> None:
        self.remarks.append(
            f"The rule {rule.code} ({rule.name}) broke ({type(error).__name__}: {error}). "
            "Please report this to torchcheck."
        )
