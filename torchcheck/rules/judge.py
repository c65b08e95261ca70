"""Put facts before the rules, and collect what they find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from torchcheck.finding import Finding, Lens
from torchcheck.rules.base import FACT_LENSES, Rule

if TYPE_CHECKING:
    from torchcheck.code import FileView
    from torchcheck.facts.accumulation import Accumulation
    from torchcheck.facts.bootstrap import BootstrapLearns
    from torchcheck.facts.by_hand import UpdatedByHand
    from torchcheck.facts.checkpoint import ModuleSaved, StateKept, StateLoaded
    from torchcheck.facts.crash import Crash
    from torchcheck.facts.curve import Curve
    from torchcheck.facts.cut import GradientCut, LossCut, LossRewrapped
    from torchcheck.facts.drift import FrozenDrift
    from torchcheck.facts.generator import GeneratorSpent
    from torchcheck.facts.groups import GroupsUsed
    from torchcheck.facts.hidden import HiddenPart
    from torchcheck.facts.history import GraphKept
    from torchcheck.facts.layer import LayerFed
    from torchcheck.facts.loading import LoaderOrder, SamplesShared
    from torchcheck.facts.loss import LossFed
    from torchcheck.facts.non_finite import NonFinite
    from torchcheck.facts.optimizer import OptimizerBuilt
    from torchcheck.facts.outputs import OutputsSeen, Saturation, UnitsSeen
    from torchcheck.facts.padding import PaddingCounted
    from torchcheck.facts.passes import Pass
    from torchcheck.facts.repeated import LayerRepeated
    from torchcheck.facts.replicas import ReplicasApart
    from torchcheck.facts.retained import GraphRetained
    from torchcheck.facts.scales import ScaleWindow
    from torchcheck.facts.scheduler import SchedulerUsed
    from torchcheck.facts.softmax import SoftmaxApplied
    from torchcheck.facts.step import StepTrace
    from torchcheck.facts.still import StillParameters
    from torchcheck.facts.suppression import Suppression
    from torchcheck.facts.symmetry import UnitsAlike
    from torchcheck.facts.target import TargetsSeen
    from torchcheck.facts.training import OptimizerUsed
    from torchcheck.facts.unreadable import Unreadable


class Judge:
    """The rules of one run and of one lens, asked fact by fact.

    Args:
        rules: the selected rules.
        lens: which lens sees the facts.
        on_error: called with the rule and the exception when a rule breaks; the other rules go on. A rule that broke
            is not asked again.
    """

    def __init__(self, rules: Sequence[Rule], lens: Lens, on_error: Callable[[Rule, Exception], None]) -> None:
        self._lens = lens
        self._on_error = on_error
        self._all: dict[str, list[Rule]] = {kind: [] for kind, lenses in FACT_LENSES.items() if lens in lenses}
        for rule in rules:
            for kind in rule.facts():
                if kind in self._all:
                    self._all[kind].append(rule)
        self._by_fact = {kind: list(rules) for kind, rules in self._all.items()}

    def renew(self) -> None:
        """Ask the rules that broke again from now on."""
        self._by_fact = {kind: list(rules) for kind, rules in self._all.items()}

    def wants(self, kind: str) -> bool:
        """Whether any rule judges this kind of fact: a lens need not gather what nobody asks for."""
        return bool(self._by_fact.get(kind))

    def loss(self, fact: LossFed) -> list[Finding]:
        return self._ask("loss", fact)

    def softmax(self, fact: SoftmaxApplied) -> list[Finding]:
        return self._ask("softmax", fact)

    def cut(self, fact: LossCut) -> list[Finding]:
        return self._ask("cut", fact)

    def rewrapped(self, fact: LossRewrapped) -> list[Finding]:
        return self._ask("rewrapped", fact)

    def kept(self, fact: GraphKept) -> list[Finding]:
        return self._ask("kept", fact)

    def severed(self, fact: GradientCut) -> list[Finding]:
        return self._ask("severed", fact)

    def retained(self, fact: GraphRetained) -> list[Finding]:
        return self._ask("retained", fact)

    def steps(self, fact: StepTrace) -> list[Finding]:
        return self._ask("steps", fact)

    def order(self, fact: StepTrace) -> list[Finding]:
        return self._ask("order", fact)

    def accumulation(self, fact: Accumulation) -> list[Finding]:
        return self._ask("accumulation", fact)

    def by_hand(self, fact: UpdatedByHand) -> list[Finding]:
        return self._ask("by_hand", fact)

    def generator(self, fact: GeneratorSpent) -> list[Finding]:
        return self._ask("generator", fact)

    def state_kept(self, fact: StateKept) -> list[Finding]:
        return self._ask("state_kept", fact)

    def module_saved(self, fact: ModuleSaved) -> list[Finding]:
        return self._ask("module_saved", fact)

    def state_loaded(self, fact: StateLoaded) -> list[Finding]:
        return self._ask("state_loaded", fact)

    def passes(self, fact: Pass) -> list[Finding]:
        return self._ask("passes", fact)

    def modes(self, fact: Pass) -> list[Finding]:
        return self._ask("modes", fact)

    def optimizer(self, fact: OptimizerBuilt) -> list[Finding]:
        return self._ask("optimizer", fact)

    def scheduler(self, fact: SchedulerUsed) -> list[Finding]:
        return self._ask("scheduler", fact)

    def life(self, fact: OptimizerUsed) -> list[Finding]:
        return self._ask("life", fact)

    def training(self, fact: OptimizerUsed) -> list[Finding]:
        return self._ask("training", fact)

    def unowned(self, fact: OptimizerUsed) -> list[Finding]:
        return self._ask("unowned", fact)

    def bootstrap(self, fact: BootstrapLearns) -> list[Finding]:
        return self._ask("bootstrap", fact)

    def hidden(self, fact: HiddenPart) -> list[Finding]:
        return self._ask("hidden", fact)

    def repeated(self, fact: LayerRepeated) -> list[Finding]:
        return self._ask("repeated", fact)

    def symmetry(self, fact: UnitsAlike) -> list[Finding]:
        return self._ask("symmetry", fact)

    def still(self, fact: StillParameters) -> list[Finding]:
        return self._ask("still", fact)

    def groups(self, fact: GroupsUsed) -> list[Finding]:
        return self._ask("groups", fact)

    def unreadable(self, fact: Unreadable) -> list[Finding]:
        return self._ask("unreadable", fact)

    def code(self, view: FileView) -> list[Finding]:
        """Put everything in a file before the rules that judge source code."""
        findings = self._ask("file", view)
        parts: tuple[tuple[str, Callable[[], Sequence[object]]], ...] = (
            ("class_", lambda: view.classes),
            ("function", lambda: view.functions),
            ("assignment", lambda: view.assignments),
            ("statement", lambda: view.expression_statements),
        )
        for kind, each in parts:
            if self.wants(kind):
                for part in each():
                    findings += self._ask(kind, part)
        return findings + self._calls(view)

    def _calls(self, view: FileView) -> list[Finding]:
        by_name: dict[str, list[Rule]] = {}
        for rule in self._by_fact.get("call", ()):
            for name in rule.call_names & view.identifiers:
                by_name.setdefault(name, []).append(rule)
        if not by_name:
            return []
        findings: list[Finding] = []
        for call in view.calls:
            rules = by_name.get(call.last_name)
            if rules:
                findings += self._ask("call", call, [rule for rule in rules if rule in self._by_fact["call"]])
        return findings

    def suppression(self, fact: Suppression) -> list[Finding]:
        return self._ask("suppression", fact)

    def layer(self, fact: LayerFed) -> list[Finding]:
        return self._ask("layer", fact)

    def targets(self, fact: TargetsSeen) -> list[Finding]:
        return self._ask("targets", fact)

    def padding(self, fact: PaddingCounted) -> list[Finding]:
        return self._ask("padding", fact)

    def order_of_data(self, fact: LoaderOrder) -> list[Finding]:
        return self._ask("order_of_data", fact)

    def shared(self, fact: SamplesShared) -> list[Finding]:
        return self._ask("shared", fact)

    def outputs(self, fact: OutputsSeen) -> list[Finding]:
        return self._ask("outputs", fact)

    def units(self, fact: UnitsSeen) -> list[Finding]:
        return self._ask("units", fact)

    def saturated(self, fact: Saturation) -> list[Finding]:
        return self._ask("saturated", fact)

    def scales(self, fact: ScaleWindow) -> list[Finding]:
        return self._ask("scales", fact)

    def drift(self, fact: FrozenDrift) -> list[Finding]:
        return self._ask("drift", fact)

    def replicas(self, fact: ReplicasApart) -> list[Finding]:
        return self._ask("replicas", fact)

    def curve(self, fact: Curve) -> list[Finding]:
        return self._ask("curve", fact)

    def scores(self, fact: Curve) -> list[Finding]:
        return self._ask("scores", fact)

    def non_finite(self, fact: NonFinite) -> list[Finding]:
        return self._ask("non_finite", fact)

    def crash(self, fact: Crash) -> list[Finding]:
        return self._ask("crash", fact)

    def exam(self, kind: str, fact: object) -> list[Finding]:
        """Put a fact of the exam before the rules: one of `EXAM_FACTS`."""
        return self._ask(kind, fact)

    def _ask(self, kind: str, fact: Any, rules: Sequence[Rule] | None = None) -> list[Finding]:
        findings: list[Finding] = []
        for rule in tuple(self._by_fact[kind] if rules is None else rules):
            try:
                findings += [rule.finding(found, self._lens) for found in getattr(rule, kind)(fact)]
            except Exception as error:
                self._by_fact[kind].remove(rule)
                self._on_error(rule, error)
        return findings
