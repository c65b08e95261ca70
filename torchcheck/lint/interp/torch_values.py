"""What the interpreter knows of torch: tensors, modules, optimizers, and what feeds them."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from torchcheck.facts.loss import Activation, Loss, Shape
from torchcheck.facts.softmax import SoftmaxApplied
from torchcheck.lint import ir
from torchcheck.lint.interp.cut import Cut
from torchcheck.lint.interp.values import Cells, Value
from torchcheck.records import frozen, record

if TYPE_CHECKING:
    from torchcheck.lint.source import NodePlace

MODE, FROZEN, SYNCED = "<mode>", "<frozen>", "<synced>"
"""Keys of what is done to a module: its `Mode`, whether its own parameters are kept from learning, and whether it is in
a wrapper that synchronises the gradients of several processes."""
Deps = frozenset[int]
"""Which modules' parameters a value depends on, by number. 0 among them stands for others that are not known."""
NOTHING: Deps = frozenset()
ANYTHING: Deps = frozenset({0})


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
class Parameters(Value):
    """`model.parameters()` and its like: what an optimizer is given. Cells: those of a generator (`generators`).

    `parts`: the parameters that it was put together from.
    """

    owners: Deps
    cells: Cells = field(default_factory=dict)
    parts: tuple[Parameters, ...] = ()


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
