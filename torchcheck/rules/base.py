"""What a rule is.

A rule judges facts, and views of source code, and yields what it found; it touches neither a syntax tree nor a tensor.
It defines a method for each kind of fact that it judges; from these methods follows which lenses can see its mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.finding import JSON, Finding, Lens, Level

if TYPE_CHECKING:
    from torchcheck.code import AssignView, CallView, ClassView, ExprView, FileView, FunctionView
    from torchcheck.facts.accumulation import Accumulation
    from torchcheck.facts.bootstrap import BootstrapLearns
    from torchcheck.facts.by_hand import UpdatedByHand
    from torchcheck.facts.checkpoint import ModuleSaved, StateKept, StateLoaded
    from torchcheck.facts.crash import Crash
    from torchcheck.facts.curve import Curve
    from torchcheck.facts.cut import GradientCut, LossCut, LossRewrapped
    from torchcheck.facts.drift import FrozenDrift
    from torchcheck.facts.exam import (
        FirstLoss,
        InputIgnored,
        OneBatch,
        OwnGradient,
        RateTried,
        SamplesMixed,
        StillDrops,
        Unreached,
    )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule says of one fact. The lens makes a `Finding` of it.

    Attributes:
        message: what is wrong, in the user's own names; one or two sentences.
        at: the place to show.
        help: the change to make here, where it differs from the rule's own `help`.
        evidence: the numbers that prove it.
        module, step: as in `Finding`.
        fix: makes the edit that mends it.
    """

    message: str
    at: Place
    help: str | None = None
    evidence: Mapping[str, JSON] = field(default_factory=dict)
    module: str | None = None
    step: int | None = None
    fix: FixMaker = no_fix


@dataclass(frozen=True)
class RuleOptions:
    """The settings of a rule, a field each. A rule with thresholds nests a subclass of its own, called `Options`."""


def option(default: Any, doc: str, *, minimum: float | None = None, maximum: float | None = None) -> Any:
    """A field of a rule's options: its default, what it means with the source of the default, and its range."""
    return field(default=default, metadata={"doc": doc, "minimum": minimum, "maximum": maximum})


def allowed_range(minimum: float | None, maximum: float | None) -> str:
    """As in `at least 0`, `at most 1` and `between 0 and 1`; empty where everything is allowed."""
    if minimum is None:
        return "" if maximum is None else f"at most {maximum}"
    return f"at least {minimum}" if maximum is None else f"between {minimum} and {maximum}"


class Rule:
    """One mistake: its code, its documentation, its examples and its detectors.

    The docstring of a rule is its page: what it says, and what it must not accuse.

    Attributes:
        code: `TCK` and three digits.
        name: kebab-case; names the mistake, not the cure.
        level: error, warning or info.
        preview: measured too noisy on real code so far; off unless selected by its code or name.
        why: one sentence: what the mistake does to the training.
        help: the change to make.
        bad: programs with the mistake, complete and small; each lens of the rule must find it in every one.
        good: correct programs that look like it; no lens may accuse them of anything.
        options: the rule's settings.
        symptom_of: codes of rules whose mistakes lead to this one; where one of them speaks too, this one need not.
        target_torch: the oldest torch version that the project supports, as in (2, 4); None if it did not say, which
            stands for the newest.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    level: ClassVar[Level]
    preview: ClassVar[bool] = False
    why: ClassVar[str]
    help: ClassVar[str]
    bad: ClassVar[tuple[str, ...]]
    good: ClassVar[tuple[str, ...]]
    symptom_of: ClassVar[frozenset[str]] = frozenset()

    Options: ClassVar[type[RuleOptions]] = RuleOptions
    call_names: ClassVar[frozenset[str]] = frozenset()
    """The last names of the functions and methods whose calls `call` judges."""

    def __init__(self, options: RuleOptions | None = None, *, target_torch: tuple[int, int] | None = None) -> None:
        self.options: Any = options if options is not None else self.Options()
        self.target_torch = target_torch

    def loss(self, fact: LossFed) -> Iterable[Found]:
        """Judge how a loss is fed. Both lenses."""
        return ()

    def softmax(self, fact: SoftmaxApplied) -> Iterable[Found]:
        """Judge over which axis a softmax runs. Both lenses."""
        return ()

    def cut(self, fact: LossCut) -> Iterable[Found]:
        """Judge a loss, or a term of it, through which no gradient flows. Both lenses."""
        return ()

    def rewrapped(self, fact: LossRewrapped) -> Iterable[Found]:
        """Judge a loss that is made a leaf of its own. Linter."""
        return ()

    def kept(self, fact: GraphKept) -> Iterable[Found]:
        """Judge what a loop collects together with its graph. Both lenses."""
        return ()

    def severed(self, fact: GradientCut) -> Iterable[Found]:
        """Judge a cut between trained modules and the loss. Both lenses."""
        return ()

    def retained(self, fact: GraphRetained) -> Iterable[Found]:
        """Judge a graph that outlives its backward. Both lenses."""
        return ()

    def steps(self, fact: StepTrace) -> Iterable[Found]:
        """Judge the order of a training step. Both lenses."""
        return ()

    def order(self, fact: StepTrace) -> Iterable[Found]:
        """Judge an order that clipping and gradient scaling are part of. Both lenses."""
        return ()

    def accumulation(self, fact: Accumulation) -> Iterable[Found]:
        """Judge how the gradients of several backwards are added up for one step. Both lenses."""
        return ()

    def by_hand(self, fact: UpdatedByHand) -> Iterable[Found]:
        """Judge an update of a weight by hand. Both lenses."""
        return ()

    def bootstrap(self, fact: BootstrapLearns) -> Iterable[Found]:
        """Judge a target that the network under training computes with gradients. Probes."""
        return ()

    def generator(self, fact: GeneratorSpent) -> Iterable[Found]:
        """Judge that a generator of parameters gives nothing. Both lenses."""
        return ()

    def state_kept(self, fact: StateKept) -> Iterable[Found]:
        """Judge that weights were kept without a copy. Linter."""
        return ()

    def module_saved(self, fact: ModuleSaved) -> Iterable[Found]:
        """Judge that a module was saved whole. Linter."""
        return ()

    def state_loaded(self, fact: StateLoaded) -> Iterable[Found]:
        """Judge how weights were loaded. Linter."""
        return ()

    def passes(self, fact: Pass) -> Iterable[Found]:
        """Judge what a call of a model was for, and the mode that it was in. Linter."""
        return ()

    def modes(self, fact: Pass) -> Iterable[Found]:
        """Judge in which mode a model was called, and whether autograd recorded it. Both lenses."""
        return ()

    def optimizer(self, fact: OptimizerBuilt) -> Iterable[Found]:
        """Judge what an optimizer was built with. Both lenses."""
        return ()

    def scheduler(self, fact: SchedulerUsed) -> Iterable[Found]:
        """Judge what a learning-rate scheduler was built with, and where it steps. Both lenses."""
        return ()

    def life(self, fact: OptimizerUsed) -> Iterable[Found]:
        """Judge how an optimizer lives: built anew again and again, or with a learning rate of zero. Both lenses."""
        return ()

    def training(self, fact: OptimizerUsed) -> Iterable[Found]:
        """Judge what an optimizer trains, and with which learning rate. Linter."""
        return ()

    def unowned(self, fact: OptimizerUsed) -> Iterable[Found]:
        """Judge what an optimizer should train and doesn't own. Both lenses."""
        return ()

    def hidden(self, fact: HiddenPart) -> Iterable[Found]:
        """Judge a part of a module that isn't registered. Probes."""
        return ()

    def repeated(self, fact: LayerRepeated) -> Iterable[Found]:
        """Judge that a container holds one layer several times. Probes."""
        return ()

    def symmetry(self, fact: UnitsAlike) -> Iterable[Found]:
        """Judge a layer whose units are copies of one another. Probes."""
        return ()

    def still(self, fact: StillParameters) -> Iterable[Found]:
        """Judge what an optimizer steps and never changes. Probes."""
        return ()

    def groups(self, fact: GroupsUsed) -> Iterable[Found]:
        """Judge how an optimizer treats the parameters of a model. Probes."""
        return ()

    def unreadable(self, fact: Unreadable) -> Iterable[Found]:
        """Judge a file that could not be parsed. Linter."""
        return ()

    def call(self, view: CallView) -> Iterable[Found]:
        """Judge a call of a function or method whose name is among `call_names`. Linter."""
        return ()

    def assignment(self, view: AssignView) -> Iterable[Found]:
        """Judge an assignment. Linter."""
        return ()

    def statement(self, view: ExprView) -> Iterable[Found]:
        """Judge an expression that stands alone, its value thrown away. Linter."""
        return ()

    def function(self, view: FunctionView) -> Iterable[Found]:
        """Judge a function or method. Linter."""
        return ()

    def class_(self, view: ClassView) -> Iterable[Found]:
        """Judge a class. Linter."""
        return ()

    def file(self, view: FileView) -> Iterable[Found]:
        """Judge a file as a whole. Linter."""
        return ()

    def suppression(self, fact: Suppression) -> Iterable[Found]:
        """Judge a comment that silences findings. Linter."""
        return ()

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        """Judge what reaches the first layer of a model. Probes."""
        return ()

    def targets(self, fact: TargetsSeen) -> Iterable[Found]:
        """Judge the targets that a loss was given. Probes."""
        return ()

    def padding(self, fact: PaddingCounted) -> Iterable[Found]:
        """Judge that a loss counts padding. Probes."""
        return ()

    def order_of_data(self, fact: LoaderOrder) -> Iterable[Found]:
        """Judge the order in which training data comes. Probes."""
        return ()

    def shared(self, fact: SamplesShared) -> Iterable[Found]:
        """Judge what training and evaluation have in common. Probes."""
        return ()

    def outputs(self, fact: OutputsSeen) -> Iterable[Found]:
        """Judge what a model gave. Probes."""
        return ()

    def units(self, fact: UnitsSeen) -> Iterable[Found]:
        """Judge how many units of a layer fired. Probes."""
        return ()

    def saturated(self, fact: Saturation) -> Iterable[Found]:
        """Judge how many outputs of an activation are pinned at its ends. Probes."""
        return ()

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        """Judge a window of weight, gradient and update scales. Probes."""
        return ()

    def drift(self, fact: FrozenDrift) -> Iterable[Found]:
        """Judge a frozen layer that changes. Probes."""
        return ()

    def replicas(self, fact: ReplicasApart) -> Iterable[Found]:
        """Judge copies of a model that are not the same on all ranks. Probes."""
        return ()

    def curve(self, fact: Curve) -> Iterable[Found]:
        """Judge how the losses of a training went. Probes, and `torchcheck curves`."""
        return ()

    def scores(self, fact: Curve) -> Iterable[Found]:
        """Judge the scores of its evaluations. Probes, and `torchcheck curves`."""
        return ()

    def non_finite(self, fact: NonFinite) -> Iterable[Found]:
        """Judge the birth of a NaN or an infinity. Probes."""
        return ()

    def crash(self, fact: Crash) -> Iterable[Found]:
        """Explain an exception. Probes."""
        return ()

    def first_loss(self, fact: FirstLoss) -> Iterable[Found]:
        """Judge the loss of a model that has not been trained. Exam."""
        return ()

    def one_batch(self, fact: OneBatch) -> Iterable[Found]:
        """Judge whether a model can learn one batch by heart. Exam."""
        return ()

    def rate_tried(self, fact: RateTried) -> Iterable[Found]:
        """Judge a learning rate beside others. Exam."""
        return ()

    def mixed(self, fact: SamplesMixed) -> Iterable[Found]:
        """Judge that the samples of a batch depend on one another. Exam."""
        return ()

    def ignored(self, fact: InputIgnored) -> Iterable[Found]:
        """Judge how far outputs depend on inputs. Exam."""
        return ()

    def own_gradient(self, fact: OwnGradient) -> Iterable[Found]:
        """Judge the backward of a function of the user's. Exam."""
        return ()

    def still_drops(self, fact: StillDrops) -> Iterable[Found]:
        """Judge a dropout in evaluation mode. Exam."""
        return ()

    def unreached(self, fact: Unreached) -> Iterable[Found]:
        """Judge trainable parameters without a gradient. Exam."""
        return ()

    @classmethod
    def facts(cls) -> tuple[str, ...]:
        """The kinds of fact that this rule judges, by the names of the methods that it defines."""
        return tuple(kind for kind in FACT_LENSES if getattr(cls, kind) is not getattr(Rule, kind))

    @classmethod
    def lenses(cls) -> tuple[Lens, ...]:
        """The lenses that can see this mistake, derived from `facts`."""
        seen = {lens for kind in cls.facts() for lens in FACT_LENSES[kind]}
        return tuple(lens for lens in (Lens.STATIC, Lens.RUNTIME, Lens.EXAM) if lens in seen)

    @classmethod
    def option_docs(cls) -> dict[str, str]:
        """What each option means, by name."""
        return {f.name: f.metadata["doc"] for f in fields(cls.Options)}

    def finding(self, found: Found, lens: Lens) -> Finding:
        """The finding that shows `found`."""
        return Finding(
            code=self.code,
            name=self.name,
            level=self.level,
            message=found.message,
            why=self.why,
            help=found.help or self.help,
            place=found.at.span(),
            lens=lens,
            module=found.module,
            step=found.step,
            evidence=found.evidence,
            fix=found.fix(),
        )


CODE_FACTS = ("call", "assignment", "statement", "function", "class_", "file")
"""The views of source code that rules judge."""

NOT_INTERPRETED = (*CODE_FACTS, "unreadable", "suppression")
"""What the linter knows without following values through the program."""

EXAM_FACTS = (
    "first_loss",
    "one_batch",
    "rate_tried",
    "mixed",
    "ignored",
    "own_gradient",
    "still_drops",
    "unreached",
)
"""What the exam of one batch measures."""

FACT_LENSES: dict[str, tuple[Lens, ...]] = {
    "loss": (Lens.STATIC, Lens.RUNTIME),
    "softmax": (Lens.STATIC, Lens.RUNTIME),
    "cut": (Lens.STATIC, Lens.RUNTIME),
    "rewrapped": (Lens.STATIC,),
    "kept": (Lens.STATIC, Lens.RUNTIME),
    "retained": (Lens.STATIC, Lens.RUNTIME),
    "severed": (Lens.STATIC, Lens.RUNTIME),
    "steps": (Lens.STATIC, Lens.RUNTIME),
    "order": (Lens.STATIC, Lens.RUNTIME),
    "generator": (Lens.STATIC, Lens.RUNTIME),
    "by_hand": (Lens.STATIC, Lens.RUNTIME),
    "accumulation": (Lens.STATIC, Lens.RUNTIME),
    "optimizer": (Lens.STATIC, Lens.RUNTIME),
    "scheduler": (Lens.STATIC, Lens.RUNTIME),
    "passes": (Lens.STATIC,),
    "modes": (Lens.STATIC, Lens.RUNTIME),
    "life": (Lens.STATIC, Lens.RUNTIME),
    "training": (Lens.STATIC,),
    "unowned": (Lens.STATIC, Lens.RUNTIME, Lens.EXAM),
    "bootstrap": (Lens.RUNTIME,),
    "hidden": (Lens.RUNTIME,),
    "repeated": (Lens.RUNTIME,),
    "symmetry": (Lens.RUNTIME,),
    "still": (Lens.RUNTIME,),
    "groups": (Lens.RUNTIME,),
    "state_kept": (Lens.STATIC,),
    "module_saved": (Lens.STATIC,),
    "state_loaded": (Lens.STATIC,),
    "unreadable": (Lens.STATIC,),
    **dict.fromkeys(CODE_FACTS, (Lens.STATIC,)),
    "suppression": (Lens.STATIC,),
    "layer": (Lens.RUNTIME,),
    "targets": (Lens.RUNTIME,),
    "padding": (Lens.RUNTIME,),
    "order_of_data": (Lens.RUNTIME,),
    "shared": (Lens.RUNTIME,),
    "outputs": (Lens.RUNTIME,),
    "units": (Lens.RUNTIME,),
    "saturated": (Lens.RUNTIME,),
    "scales": (Lens.RUNTIME,),
    "drift": (Lens.RUNTIME,),
    "replicas": (Lens.RUNTIME,),
    "curve": (Lens.RUNTIME,),
    "scores": (Lens.RUNTIME,),
    "non_finite": (Lens.RUNTIME,),
    "crash": (Lens.RUNTIME,),
    **dict.fromkeys(EXAM_FACTS, (Lens.EXAM,)),
}
"""The kinds of fact, and which lenses know them."""
