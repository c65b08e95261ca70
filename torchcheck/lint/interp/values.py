"""What the interpreter knows of a value.

A value that is not followed is `UNKNOWN`. Mutable parts (attributes, items) live in `cells`, plain dictionaries that
only the machine writes, so that it can take writes back when it has read one arm of a branch.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from torchcheck.lint import ir
from torchcheck.records import frozen, record

if TYPE_CHECKING:
    from torchcheck.lint.interp.scope import Frame, ModuleScope
    from torchcheck.lint.interp.torch_values import Parameters
    from torchcheck.lint.source import SourceFile

Cells = dict[Any, Any]
ITEMS, OPEN = "<items>", "<open>"
"""Keys of cells that hold the items of a sequence or the layers of a container; no attribute is called so."""


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


@frozen(eq=False)
class Spread(Value):
    """All the parameters of a model as items of a list, however many they are."""

    parameters: Parameters


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
