"""What the interpreter knows of a value.

A value that is not followed is `UNKNOWN`. Mutable parts (attributes, items) live in `cells`, plain dictionaries that
only the machine writes, so that it can take writes back when it has read one arm of a branch.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from torchcheck.facts.loss import Activation, Loss, Shape
from torchcheck.facts.softmax import SoftmaxApplied
from torchcheck.lint import ir
from torchcheck.lint.interp.cut import Cut
from torchcheck.records import frozen, record

if TYPE_CHECKING:
    from torchcheck.lint.interp.scope import Frame, ModuleScope
    from torchcheck.lint.source import NodePlace, SourceFile

Cells = dict[Any, Any]
ITEMS, OPEN = "<items>", "<open>"
"""Keys of cells that hold the items of a sequence or the layers of a container; no attribute is called so."""
MODE, FROZEN, SYNCED = "<mode>", "<frozen>", "<synced>"
"""Keys of what is done to a module: its `Mode`, whether its own parameters are kept from learning, and whether it is in
a wrapper that synchronises the gradients of several processes."""
Deps = frozenset[int]
"""Which modules' parameters a value depends on, by number. 0 among them stands for others that are not known."""
NOTHING: Deps = frozenset()
ANYTHING: Deps = frozenset({0})


class Value:
    """Anything that an expression can give."""

    __slots__ = ()


class Unknown(Value):
    """A value that is not followed."""

    __slots__ = ()


UNKNOWN = Unknown()


@record(eq=False)
class Symbol(Value):
    """A value that is not known but is itself: a parameter nobody gave, an attribute of one."""

    name: str
    cells: Cells = field(default_factory=dict)


@frozen
class Const(Value):
    """A Python constant."""

    value: Any


@frozen
class External(Value):
    """Something outside the project, by its dotted name: `torch.nn.functional.cross_entropy`."""

    name: str


@frozen
class ExternalObject(Value):
    """What calling an external class gave, where its class is all that matters: `pandas.DataFrame`."""

    kind: str


ANY_INTEGER = ExternalObject("int")
"""Some integer: an index, a counter."""


@record(eq=False)
class Applied:
    """Where an activation was applied, and how often its result was used by something that is no loss.

    Attributes:
        kind: how it is written: `function`, `method`, `module` (called through a name) or `sequential` (a layer of
            a Sequential, `place` then being its construction).
        argument: the expression that the activation was applied to; None for a layer of a Sequential.
        softmax: of a softmax, over which axis it ran when it was last applied.
    """

    place: NodePlace
    kind: str
    argument: ir.Expr | None = None
    module: str | None = None
    other_uses: int = 0
    softmax: SoftmaxApplied | None = None


@record(eq=False)
class ByHand:
    """A difference of two tensors whose shapes broadcast, on its way to becoming a loss.

    `stage` counts: 0 a difference, 1 squared or made absolute, 2 reduced to a number.
    """

    place: NodePlace
    name: str
    input_shape: Shape
    target_shape: Shape
    stage: int = 0


@frozen(eq=False)
class Tensor(Value):
    """A tensor or array.

    Attributes:
        activation: the last thing that it went through.
        applied: where that was.
        beneath: what it had gone through right before that.
        shape: sizes as far as known; None when not even the rank is.
        width: size of its class axis, the axis that the last layer made, where its rank need not be known.
        deps: the modules on whose parameters it depends.
        leaf: it is a parameter, or requires gradients by itself.
        by_hand: the broken loss formula that it is part of.
        cut: where it lost all gradients that it had.
        lost: the same of terms of the sum that it is.
        scaled: it is a loss that a gradient scaler has multiplied by its factor.
    """

    activation: Activation = Activation.UNKNOWN
    applied: Applied | None = None
    shape: Shape | None = None
    deps: Deps = ANYTHING
    leaf: bool = False
    by_hand: ByHand | None = None
    scaled: bool = False
    width: int | None = None
    cut: Cut | None = None
    lost: tuple[Cut, ...] = ()
    beneath: Activation = Activation.UNKNOWN


@record(eq=False)
class Gradient(Value):
    """`w.grad`, of a tensor that depends on `deps`."""

    name: str
    deps: Deps = ANYTHING


@record(eq=False)
class Sequence(Value):
    """A tuple, list or set. With `open`, unknown items come before those that are known.

    Cells: `items`, a tuple of values, `Spread` among them; `open`, a bool.
    """

    kind: str
    cells: Cells

    @property
    def items(self) -> tuple[Value, ...]:
        return self.cells[ITEMS]  # type: ignore[no-any-return]

    @property
    def open(self) -> bool:
        """Whether its items can't be counted: some are not known, or are the parameters of a model."""
        return self.unseen or any(isinstance(item, Spread) for item in self.items)

    @property
    def unseen(self) -> bool:
        """Whether it holds items of which nothing is known."""
        return self.cells[OPEN]  # type: ignore[no-any-return]


@record(eq=False)
class Mapping(Value):
    """A dictionary. Cells hold its items by constant key; `open` says that there may be others."""

    cells: Cells
    open: bool = False


@record(eq=False)
class Module(Value):
    """An instance of a class of `torch.nn`.

    Attributes:
        kind: dotted class name.
        number: its own among all modules.
        cells: `items` holds the layers of a container by name; the rest are attributes.
        arguments: by name or position, as given to the constructor.
        spelling: the class as the user writes it.
    """

    kind: str
    number: int
    place: NodePlace
    spelling: str
    arguments: Cells = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)
    owner: tuple[Value, str] | None = None
    name: str | None = None


@frozen
class Mode(Value):
    """Whether a module is in training mode; None when not known. `place` is where that was said last."""

    training: bool | None
    place: NodePlace | None = None


@record(eq=False)
class StateDict(Value):
    """`model.state_dict()`: the weights themselves.

    Attributes:
        text: the model, as that call writes it.
        loops: those that it was taken in, outermost first, and `forks` in how many branches.
        name: what it was kept as, and whether that is an attribute.
        used: it was saved, loaded or handed on; `stale_at` where that came after more training.
    """

    model: Value
    text: str
    place: NodePlace
    loops: tuple[OpenLoop, ...]
    forks: int
    name: str = ""
    attribute: bool = False
    used: bool = False
    stale_at: NodePlace | None = None


@record(eq=False)
class OpenLoop:
    """A loop that is being read: what has happened in it so far, and how many branches it stands in."""

    events: list[Any]
    forks: int


@record(eq=False)
class Criterion(Value):
    """An instance of a loss class."""

    loss: Loss
    spelling: str
    arguments: Cells


@record(eq=False)
class Class(Value):
    """A class of the project."""

    definition: ir.ClassDef
    scope: ModuleScope
    bases: tuple[Value, ...]
    closure: Frame | None = None
    methods: dict[str, Any] | None = None
    torch_base: str | None = None

    @property
    def name(self) -> str:
        return self.definition.name


@record(eq=False)
class Instance(Value):
    """An instance of a class of the project. `base` is what a torch base class contributes (a Sequential's layers)."""

    cls: Class
    number: int
    cells: Cells = field(default_factory=dict)
    owner: tuple[Value, str] | None = None
    name: str | None = None
    partial: bool = False


@record(eq=False)
class Function(Value):
    """A function of the project, perhaps bound; `closure` is the frame that it was defined in."""

    definition: ir.FunctionDef | ir.Lambda
    scope: ModuleScope
    closure: Frame | None = None
    bound: Value | None = None
    home: Class | None = None

    @property
    def file(self) -> SourceFile:
        return self.scope.file


@frozen(eq=False)
class Method(Value):
    """A method of a value of ours, not yet called: `x.softmax`, `opt.step`."""

    receiver: Value
    name: str
    node: ir.Attribute


@frozen(eq=False)
class Partial(Value):
    func: Value
    args: tuple[Value, ...]
    keywords: dict[str, Value]


@record(eq=False)
class Super(Value):
    """`super()` inside a method of `home`."""

    instance: Value
    home: Class


@record(eq=False)
class Parameters(Value):
    """`model.parameters()` and its like: what an optimizer is given. Cells: those of a generator (`generators`).

    `parts`: the parameters that it was put together from.
    """

    owners: Deps
    cells: Cells = field(default_factory=dict)
    parts: tuple[Parameters, ...] = ()


@frozen(eq=False)
class Spread(Value):
    """All the parameters of a model as items of a list, however many they are."""

    parameters: Parameters


@record(eq=False)
class Optimizer(Value):
    """An optimizer.

    Attributes:
        name: as the user calls it.
        owners: modules whose parameters it owns.
        built: its construction was seen; otherwise it is one by its name only.
        parts: the optimizers of which it is one, where it depends on a branch or an index which.
        place: its construction; `learning_rate` the one that it was given there for all its groups.
        remembers: it keeps more than weights from step to step: momentum.
    """

    name: str
    kind: str = ""
    owners: Deps = ANYTHING
    built: bool = False
    named: bool = False
    parts: tuple[Optimizer, ...] = ()
    place: NodePlace | None = None
    learning_rate: float | None = None
    remembers: bool = False


@record(eq=False)
class Scheduler(Value):
    optimizer: Value


@frozen
class Scaler(Value):
    """A `GradScaler`, unless it was surely built to do nothing."""


@frozen(eq=False)
class Loader(Value):
    """A `DataLoader`: what one batch of it is."""

    batch: Value


@frozen(eq=False)
class Dataset(Value):
    """A dataset: what one item of it is, before batching, and how many it has; None when not known."""

    item: Value
    length: int | None = None


@frozen(eq=False)
class Choice(Value):
    """One of several values; which one depends on a branch."""

    options: tuple[Value, ...]


@frozen(eq=False)
class Promise(Value):
    """A name imported from a module of the project, followed when it is used; without a name, the module."""

    key: str
    name: str | None
    submodule: str | None = None


@record(eq=False)
class ModuleRef(Value):
    """A module of the project."""

    scope: ModuleScope


def sequence(kind: str, items: Any, open: bool = False) -> Sequence:
    return Sequence(kind, {ITEMS: tuple(items), OPEN: open})
