"""Which modules belong to which optimizer, and what else is done with them that may be meant to leave them out."""

from __future__ import annotations

from dataclasses import field

from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.torch_values import NOTHING, Deps, Module, Optimizer, Parameters, Tensor
from torchcheck.lint.interp.values import ITEMS, Choice, Instance, Mapping, Sequence, Spread, Value
from torchcheck.lint.source import NodePlace
from torchcheck.lint.torch_tables import HEADS
from torchcheck.records import frozen, record


@frozen(eq=False)
class Placed:
    """A module that was put into a model, or given a name, when an optimizer owned what it joins or replaces."""

    new: Module | Instance
    name: str
    replaces: bool
    optimizer: Optimizer
    place: NodePlace


@record
class Ownership:
    """What a whole project does with modules and their parameters.

    Attributes:
        called: modules that took part in something differentiable, by number.
        optimizers: all that were seen to be built.
        handled: modules that are frozen, loaded, updated by hand, or given to code that is not followed.
        evaluated: those that were put in evaluation mode; `trained`: in training mode.
        thawed: those whose parameters were unfrozen, perhaps, and copies of others.
        loose: parameters that were taken and not yet given to an optimizer.
        placed: modules that came after the optimizer.
    """

    called: dict[int, Module | Instance] = field(default_factory=dict)
    optimizers: list[Optimizer] = field(default_factory=list)
    handled: set[int] = field(default_factory=set)
    evaluated: set[int] = field(default_factory=set)
    trained: set[int] = field(default_factory=set)
    thawed: set[int] = field(default_factory=set)
    loose: list[Parameters] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)

    def built(self, optimizer: Optimizer, params: Value | None) -> None:
        """An optimizer was built with these parameters."""
        self.optimizers.append(optimizer)
        self.take(params)

    def take(self, params: Value | None) -> None:
        """Parameters went to an optimizer, or to something that only looks at gradients."""
        params = plain(params) if params is not None else None
        if isinstance(params, Spread):
            params = params.parameters
        if isinstance(params, Parameters):
            gone = {id(params), *map(id, params.parts)}
            self.loose = [other for other in self.loose if id(other) not in gone]
        elif isinstance(params, Sequence):
            for item in params.items:
                self.take(item)
        elif isinstance(params, Mapping):
            self.take(params.cells.get("params"))

    def owned(self) -> Deps:
        """Everything that some optimizer owns."""
        return frozenset().union(*(optimizer.owners for optimizer in self.optimizers))

    def left_alone(self, value: Value) -> bool:
        """Whether nothing is done with a module but to call it and to put it in a mode."""
        numbers = owners_of(value)
        touched = self.handled.union(*(params.owners for params in self.loose))
        return numbers.isdisjoint(touched | (self.evaluated - self.trained))

    def put(self, old: Value | None, new: Value, owner: Value | None, name: str, place: NodePlace) -> None:
        """A module was put where another was, or into a model that has one."""
        if not isinstance(new, Module | Instance) or old is new:
            return
        owned = next((o for o in self.optimizers if self._is_in(o, old, owner, name)), None)
        if owned is not None and not self.owned() & owners_of(new):
            replaces = old is not None or _is_head(owner, name)
            self.placed.append(Placed(new, name, replaces, owned, place))

    def _is_in(self, optimizer: Optimizer, old: Value | None, owner: Value | None, name: str) -> bool:
        if isinstance(old, Module | Instance):
            return old.number in optimizer.owners
        return old is None and isinstance(owner, Module | Instance) and owner.number in optimizer.owners


def _is_head(owner: Value | None, name: str) -> bool:
    """`resnet.fc`: a ready-made model has one, though it was never looked at."""
    return isinstance(owner, Module) and owner.kind == "ready-made" and name.rpartition(".")[2] in HEADS


def owners_of(value: Value, seen: set[int] | None = None) -> Deps:
    """The numbers of a model and of everything in it."""
    seen = seen if seen is not None else set()
    if id(value) in seen or len(seen) > 2000:
        return NOTHING
    seen.add(id(value))
    if isinstance(value, Module | Instance):
        found: Deps = frozenset({value.number})
        for part in parts_of(value):
            found |= owners_of(part, seen)
        return found
    if isinstance(value, Tensor):
        return value.deps if value.leaf else NOTHING
    if isinstance(value, Sequence):
        return frozenset().union(*(owners_of(item, seen) for item in value.items)) if value.items else NOTHING
    if isinstance(value, Mapping):
        return frozenset().union(*(owners_of(item, seen) for item in value.cells.values())) if value.cells else NOTHING
    if isinstance(value, Choice):
        return frozenset().union(*(owners_of(item, seen) for item in value.options))
    return NOTHING


def parts_of(value: Module | Instance) -> list[Value]:
    """What a model holds: attributes and layers."""
    layers = value.cells.get(ITEMS)
    return [*value.cells.values(), *(layers.values() if isinstance(layers, dict) else ())]
