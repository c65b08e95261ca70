"""Rules for tests: one that keeps every fact it is shown, and ones that break."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torchcheck.facts.loss import LossFed
from torchcheck.facts.optimizer import OptimizerBuilt
from torchcheck.facts.step import StepTrace
from torchcheck.finding import Level
from torchcheck.probe.session import Session
from torchcheck.rules.base import Found, Rule


class Recorder(Rule):
    """Keeps facts; finds nothing."""

    code, name, level = "TCK998", "recorder", Level.INFO
    why = help = "for tests"
    bad = good = ()

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[LossFed] = []
        self.optimizers: list[OptimizerBuilt] = []
        self.traces: list[StepTrace] = []

    def loss(self, fact: LossFed) -> Iterable[Found]:
        self.losses.append(fact)
        return ()

    def optimizer(self, fact: OptimizerBuilt) -> Iterable[Found]:
        self.optimizers.append(fact)
        return ()

    def steps(self, fact: StepTrace) -> Iterable[Found]:
        self.traces.append(fact)
        return ()


class Accuser(Rule):
    """Accuses every loss."""

    code, name, level = "TCK997", "accuser", Level.ERROR
    why = help = "for tests"
    bad = good = ()

    def loss(self, fact: LossFed) -> Iterable[Found]:
        yield Found(message="a loss", at=fact.place, module=fact.module, step=fact.step)


class Broken(Rule):
    """Raises whatever it is asked."""

    code, name, level = "TCK999", "broken", Level.ERROR
    why = help = "for tests"
    bad = good = ()

    def loss(self, fact: LossFed) -> Iterable[Found]:
        raise ZeroDivisionError("in a rule")

    steps = optimizer = loss  # type: ignore[assignment]


def recorded(function: Callable[[], Any]) -> tuple[Recorder, Session]:
    """The facts that the probes record while a function runs."""
    recorder = Recorder()
    session = Session([recorder])
    session.start()
    try:
        function()
    finally:
        session.end()
    return recorder, session
