"""The state of the interpreter, and the operations that everything else in it is written with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import Any

from torchcheck.facts.by_hand import UpdatedByHand
from torchcheck.facts.cut import LossCut, LossRewrapped
from torchcheck.facts.generator import GeneratorSpent
from torchcheck.facts.history import GraphKept
from torchcheck.facts.loss import LossFed
from torchcheck.facts.optimizer import OptimizerBuilt
from torchcheck.facts.passes import Lone
from torchcheck.facts.retained import GraphRetained
from torchcheck.facts.softmax import SoftmaxApplied
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.dispatch import register
from torchcheck.lint.interp.events import Arm, Events, Exit, Fork, Happening, Loop
from torchcheck.lint.interp.expressions import EVALUATORS
from torchcheck.lint.interp.fuel import FILE_FUEL, FUEL, OutOfFuel
from torchcheck.lint.interp.history import History
from torchcheck.lint.interp.ownership import Ownership
from torchcheck.lint.interp.schedulers import BuiltScheduler, Scheduled
from torchcheck.lint.interp.scope import Frame, ModuleScope
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.statements import run_block
from torchcheck.lint.interp.torch_values import ANYTHING, Applied, Deps, Mode, OpenLoop, Optimizer, StateDict, Tensor
from torchcheck.lint.interp.trail import Changes, Trail
from torchcheck.lint.interp.values import Cells, Const, Value
from torchcheck.lint.project import Project
from torchcheck.lint.source import NodePlace, SourceFile
from torchcheck.lint.tally import Tally
from torchcheck.records import record

register()

Flow = str | None
"""How a block ends: None when it runs through, else `return`, `break`, `continue` or `raise`."""


@record(eq=False)
class Facts:
    """What the interpreter found, in the order in which it came."""

    losses: list[tuple[SourceFile, LossFed]] = field(default_factory=list)
    softmaxes: list[tuple[SourceFile, SoftmaxApplied]] = field(default_factory=list)
    cuts: list[tuple[SourceFile, LossCut]] = field(default_factory=list)
    rewrapped: list[tuple[SourceFile, LossRewrapped]] = field(default_factory=list)
    kept: list[tuple[SourceFile, GraphKept]] = field(default_factory=list)
    retained: list[tuple[SourceFile, GraphRetained]] = field(default_factory=list)
    optimizers: list[tuple[SourceFile, OptimizerBuilt]] = field(default_factory=list)
    by_hand: list[tuple[SourceFile, UpdatedByHand]] = field(default_factory=list)
    told: list[tuple[str, SourceFile, object]] = field(default_factory=list)  # by kind
    generators: list[tuple[SourceFile, GeneratorSpent]] = field(default_factory=list)


class Machine:
    """Interprets one project.

    Attributes:
        facts: losses and optimizers seen.
        reached: definitions that some entry point has called; they need no visit of their own.
        grad_off: how many `no_grad` blocks are open.
        grad_unclear: how many blocks are open that may switch gradients off.
        forwarding: how many models are being called, one within the other.
        lone: the batch norm in the model that is being called that met a batch of one.
        spread: models whose parts were handed out one by one.
        looping: the loops that are being read, outermost first, and `forks` how many branches.
        states: every state dict that was taken.
        scripted: the numbers of modules that were compiled to be saved whole.
        modules_changed: how often a module got another attribute or layer; what calling it gives may differ since.
        history: what the entry point collected and backpropagated.
        hooked: a hook may step or clear whenever there is a backward or a step.
        alone: a function is interpreted by itself.
        heavy: functions that are too much to follow, and `blamed` whether there is a new one.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.facts = Facts()
        self.trail = Trail()
        self.frames: list[Frame] = []
        self.scopes: dict[str, ModuleScope] = {}
        self.reached: set[ir.Stmt] = set()
        self.events: Events = []
        self.optimizers: list[Optimizer] = []
        self.ownership = Ownership()
        self.schedulers: list[BuiltScheduler] = []
        self.statement: ir.Stmt | None = None
        self.grad_off = 0
        self.grad_unclear = 0
        self.forwarding = 0
        self.lone: Lone | None = None
        self.spread: list[Value] = []
        self.looping: list[OpenLoop] = []
        self.forks = 0
        self.states: list[StateDict] = []
        self.scripted: set[int] = set()
        self.hooked = False
        self.history = History()
        self.fuel = FUEL
        self.budget = FILE_FUEL
        self.alone = False
        self.heavy: set[ir.FunctionDef | ir.Lambda] = set()
        self.blamed = False
        self.loops: Events = []  # those that were read to their end
        self.failures: list[tuple[str, str]] = []  # files, and what went wrong in interpreting them
        self.exhausted: dict[str, str] = {}  # files that were too much to follow, and where that showed first
        self.tally = Tally()
        self.memory: dict[Any, Any] = {}  # whatever belongs to a node and outlives a call
        self.calls: dict[Hashable, Value] = {}  # what calls gave that did nothing
        self.modules_changed = 0
        self._texts: dict[Any, str] = {}
        self._applied: dict[Any, Applied] = {}
        self._named: dict[Any, Optimizer] = {}
        self._versions: dict[tuple[int, str], int] = {}
        self._number = 0

    # -- where we are ------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def place(self, node: ir.Expr | ir.Stmt) -> NodePlace:
        return NodePlace(self.frame.file, node.node)

    def text(self, expr: ir.Expr) -> str:
        """An expression as the user wrote it, on one line."""
        if expr.node not in self._texts:
            self._texts[expr.node] = spell(expr) or " ".join(self.frame.file.text_of(expr.node).split())
        return self._texts[expr.node]

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def burn(self) -> None:
        self.fuel -= 1
        if self.fuel < 0:
            raise OutOfFuel

    # -- values and names --------------------------------------------------------------------------------------------

    def eval(self, expr: ir.Expr) -> Value:
        return EVALUATORS[type(expr)](self, expr)

    def run(self, block: list[ir.Stmt]) -> Flow:
        return run_block(self, block)

    def write(self, cells: Cells, key: Any, value: Any) -> None:
        self.trail.write(cells, key, value)

    def bind(self, frame: Frame, name: str, value: Value) -> None:
        cells = frame.scope.cells if name in frame.globals else frame.cells
        where = (id(cells), name)
        self._versions[where] = self._versions.get(where, 0) + 1
        self.write(cells, name, value)

    def version(self, frame: Frame, name: str) -> int:
        """How often a name was bound so far: a condition over it may have changed when this has."""
        return self._versions.get((id(frame.cells), name), 0)

    def applied(self, expr: ir.Expr, kind: str, argument: ir.Expr | None, module: str | None = None) -> Applied:
        """The one record of an activation at this place, whichever way it is reached."""
        key = (expr.node, module)
        if key not in self._applied:
            self._applied[key] = Applied(self.place(expr), kind, argument, module)
        return self._applied[key]

    def activations(self) -> Iterable[Applied]:
        """Every activation that was met."""
        return self._applied.values()

    def use(self, *values: Value | None) -> None:
        """Note that values are used by something that is no loss."""
        for value in values:
            if isinstance(value, Tensor) and value.applied is not None:
                value.applied.other_uses += 1

    def named_optimizer(self, owner: object, text: str) -> Optimizer:
        """The optimizer that is one by its name only, the same each time it is met."""
        key = (owner, text)
        if key not in self._named:
            self._named[key] = Optimizer(text)
        return self.known(self._named[key])

    def known(self, optimizer: Optimizer) -> Optimizer:
        """Remember that this entry point has to do with an optimizer."""
        if optimizer not in self.optimizers:
            self.optimizers.append(optimizer)
        return optimizer

    # -- events ------------------------------------------------------------------------------------------------------

    def happen(
        self,
        act: Act,
        expr: ir.Expr | ir.Stmt,
        optimizer: Optimizer | None = None,
        deps: Deps = ANYTHING,
        text: str = "",
        certain: bool = True,
        scaled: bool | None = None,
        scaler: str = "",
        scheduled: Scheduled | None = None,
        plain: bool = False,
    ) -> None:
        """Record an act at the current point."""
        if self.statement is None:
            return
        if optimizer is not None:
            self.known(optimizer)
        if self.hooked and act in (Act.BACKWARD, Act.STEP):
            self.happen(Act.UNKNOWN, expr)
        where = (self.place(expr), self.statement, self.frame)
        self.events.append(Happening(act, *where, optimizer, deps, text, certain, scaled, scaler, scheduled, plain))

    @contextmanager
    def recording(self) -> Iterator[Events]:
        """Collect the events of a part by themselves."""
        outer, self.events = self.events, []
        try:
            yield self.events
        finally:
            self.events = outer

    # -- branches and loops ------------------------------------------------------------------------------------------

    def fork(self, key: str | None, arms: Sequence[Callable[[], Flow]], period: str | None = None) -> Flow:
        """Read each arm from the same state, and go on from what those that go on agree on."""
        mark = self.trail.mark()
        branches: list[Arm] = []
        live: list[Changes] = []
        outer = self.events
        for arm in arms:
            events: Events = []
            self.events = events
            self.forks += 1
            try:
                flow = arm()
            finally:
                self.forks -= 1
                self.events = outer
            changes = self.trail.rewind(mark)
            branches.append(Arm(events, flow))
            if flow is None:
                live.append(changes)
        self.trail.merge(live)
        if any(arm.events or arm.exit for arm in branches):
            self.events.append(Fork(key, branches, period=period))
        if live or not branches:
            return None
        return next((arm.exit for arm in branches if arm.exit != "raise"), "raise")

    def leap(self, kind: str) -> Flow:
        """Break out of the innermost loop, or go on with its next turn: keep the state for after the loop."""
        if self.frame.leaps:
            mark, leaps = self.frame.leaps[-1]
            leaps.append(self.trail.changes(mark))
        return kind

    def loop(
        self, node: ir.Stmt | ir.Expr, body: Callable[[], Flow], iterable: Value | None = None, over: str = ""
    ) -> None:
        """Read a body once, standing for any number of turns, at least one."""
        mark, first = self.trail.mark(), self.next_number()
        leaps: list[Changes] = []
        self.frame.leaps.append((mark, leaps))
        try:
            with self.recording() as events:
                self.looping.append(OpenLoop(events, self.forks))
                flow = body()
                if flow not in (None, "continue", "break"):
                    events.append(Exit(flow or ""))
        finally:
            self.looping.pop()
            self.frame.leaps.pop()
        changes = self.trail.rewind(mark)
        if flow is None:
            leaps.append(changes)
        self._after_loop(leaps)
        if events:
            loop = Loop(events, self.place(node), node, iterable=iterable, over=over, first=first)
            self.events.append(loop)
            self.loops.append(loop)

    def _after_loop(self, arms: list[Changes]) -> None:
        """Join the ends of a turn with the state before the loop, except where that held a mere constant."""
        kept = list(arms)
        before: Changes = {}
        for arm in arms:
            for where, (cells, key, _) in arm.items():
                old = cells.get(key)
                if old is not None and not isinstance(old, Const | Mode):
                    before[where] = (cells, key, old)
        if kept and before:
            filled = {where: (cells, key, value) for arm in kept for where, (cells, key, value) in arm.items()} | before
            kept.append(filled)
        self.trail.merge(kept)
