"""Built-in functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from torchcheck.lint.interp.cuts import to_number
from torchcheck.lint.interp.generators import gathered, generator, spend, used_by
from torchcheck.lint.interp.iteration import element, known_items, spread_items
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.tensors import deps_of
from torchcheck.lint.interp.torch_values import Loader, Module, Parameters, Tensor
from torchcheck.lint.interp.values import (
    ANY_INTEGER,
    UNKNOWN,
    Class,
    Const,
    External,
    Instance,
    Mapping,
    Sequence,
    Value,
    sequence,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_LONGEST_RANGE = 12


def call_builtin(m: Machine, name: str, site: CallSite) -> Value:
    call = _BUILTINS.get(name.partition(".")[2])
    if call is not None and (site.args or name in ("builtins.dict", "builtins.list", "builtins.tuple")):
        return call(m, site)
    m.use(*site.values())
    return UNKNOWN


def make_dict(m: Machine, name: str, site: CallSite) -> Value:
    """`dict(...)` and `OrderedDict(...)`."""
    mapping = Mapping(dict(site.keywords), site.open)
    first = plain(site.args[0]) if site.args else None
    if isinstance(first, Mapping):
        mapping.cells.update(first.cells)
        mapping.open = mapping.open or first.open
    elif first is not None:
        mapping.open = True
        pairs = first.items if isinstance(first, Sequence) else ()
        for pair in pairs:
            if isinstance(pair, Sequence) and len(pair.items) == 2 and isinstance(pair.items[0], Const):
                mapping.cells[pair.items[0].value] = pair.items[1]
        if isinstance(first, Sequence) and not first.open and len(mapping.cells) == len(first.items):
            mapping.open = False
    return mapping


def _dict(m: Machine, site: CallSite) -> Value:
    return make_dict(m, "", site)


def _len(m: Machine, site: CallSite) -> Value:
    items = known_items(m, site.args[0])
    return Const(len(items)) if items is not None else UNKNOWN


def _range(m: Machine, site: CallSite) -> Value:
    bounds = [value.value for value in site.args if isinstance(value, Const) and type(value.value) is int]
    if len(bounds) == len(site.args) and 1 <= len(bounds) <= 3 and (len(bounds) < 3 or bounds[2]):
        turns = range(*bounds)
        if len(turns) <= _LONGEST_RANGE:
            return sequence("range", [Const(i) for i in turns])
    return Loader(ANY_INTEGER)


def _enumerate(m: Machine, site: CallSite) -> Value:
    items = known_items(m, site.args[0])
    if items is not None:
        start = site.const(1, "start") or 0
        first = start if isinstance(start, int) else 0
        return sequence("list", [sequence("tuple", [Const(first + i), item]) for i, item in enumerate(items)])
    return Loader(sequence("tuple", [ANY_INTEGER, element(m, site.args[0])]))


def _zip(m: Machine, site: CallSite) -> Value:
    columns = [known_items(m, value) for value in site.args]
    known = [column for column in columns if column is not None]
    if len(known) == len(columns):
        return sequence("list", [sequence("tuple", row) for row in zip(*known, strict=False)])
    return Loader(sequence("tuple", [element(m, value) for value in site.args]))


def _list(m: Machine, site: CallSite) -> Value:
    if not site.args:
        return sequence("list", [])
    first = plain(site.args[0])
    items = known_items(m, first)
    if items is not None:
        return sequence("list", items)
    if isinstance(first, Parameters):
        spend(m, first, site.node, site.expr(0, ""), used_by(site.node.func))
        return Parameters(first.owners, parts=(first, *first.parts))
    return sequence("list", *spread_items(m, first))


def _next(m: Machine, site: CallSite) -> Value:
    return element(m, site.args[0])


def _same(m: Machine, site: CallSite) -> Value:
    return site.args[0]


def _reversed(m: Machine, site: CallSite) -> Value:
    items = known_items(m, site.args[0])
    return sequence("list", items[::-1]) if items is not None else UNKNOWN


def _sum(m: Machine, site: CallSite) -> Value:
    first = plain(site.args[0])
    if isinstance(first, Sequence) and all(isinstance(plain(item), Tensor) for item in first.items):
        hands = [plain(item) for item in first.items]
        by_hand = next((t.by_hand for t in hands if isinstance(t, Tensor) and t.by_hand is not None), None)
        return Tensor(deps=deps_of(first), by_hand=by_hand)
    if isinstance(first, Sequence) and not first.unseen and any(isinstance(item, Parameters) for item in first.items):
        return gathered(first.items)
    m.use(first)
    return UNKNOWN


def _isinstance(m: Machine, site: CallSite) -> Value:
    """Whether a module is of a class, where both are known."""
    value = plain(site.args[0])
    kinds = site.args[1].items if len(site.args) > 1 and isinstance(site.args[1], Sequence) else tuple(site.args[1:2])
    if not kinds or not all(isinstance(kind, External | Class) for kind in kinds):
        return UNKNOWN
    if isinstance(value, Module) and value.kind.startswith("torch.nn."):
        names = [kind.name for kind in kinds if isinstance(kind, External)]
        if "torch.nn.Module" in names or value.kind in names:
            return Const(True)
        exact = all(name.startswith("torch.nn.") and name.count(".") == 2 for name in names)
        return Const(False) if len(names) == len(kinds) and exact and "._" not in "".join(names) else UNKNOWN
    if isinstance(value, Sequence):
        names = [kind.name for kind in kinds if isinstance(kind, External)]
        if f"builtins.{value.kind}" in names:
            return Const(True)
    return UNKNOWN


def _getattr(m: Machine, site: CallSite) -> Value:
    from torchcheck.lint import ir
    from torchcheck.lint.interp.attributes import attribute

    name = site.const(1, "name")
    if isinstance(name, str) and site.exprs and site.exprs[0] is not None:
        return attribute(m, site.args[0], ir.Attribute(site.node.node, site.exprs[0], name))
    return UNKNOWN


def _setattr(m: Machine, site: CallSite) -> Value:
    from torchcheck.lint import ir
    from torchcheck.lint.interp.assign import set_attribute

    name = site.const(1, "name")
    if isinstance(name, str) and len(site.args) == 3 and site.exprs[0] is not None:
        set_attribute(m, site.args[0], ir.Attribute(site.node.node, site.exprs[0], name), site.args[2])
    elif isinstance(site.args[0], Instance):
        m.use(*site.values())
    return Const(None)


def _map(m: Machine, site: CallSite) -> Value:
    from torchcheck.lint.interp.calls import call_values

    items = known_items(m, site.args[1]) if len(site.args) == 2 else None
    if items is None:
        return UNKNOWN
    return sequence("list", [call_values(m, site.args[0], [item]) for item in items])


def _filter(m: Machine, site: CallSite) -> Value:
    given = plain(site.args[1]) if len(site.args) == 2 else UNKNOWN
    if not isinstance(given, Parameters):
        return UNKNOWN
    return given if given.cells else generator(m, given.owners)


def _number(kind: type) -> Callable[[Machine, CallSite], Value]:
    def convert(m: Machine, site: CallSite) -> Value:
        m.use(*site.values())
        value = site.args[0]
        if isinstance(value, Const) and isinstance(value.value, int | float):
            try:
                return Const(kind(value.value))
            except (ValueError, OverflowError):
                return UNKNOWN
        return UNKNOWN

    return convert


_BUILTINS: dict[str, Callable[[Machine, CallSite], Value]] = {
    "dict": _dict,
    "len": _len,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "list": _list,
    "tuple": _list,
    "iter": _same,
    "next": _next,
    "reversed": _reversed,
    "sorted": _same,
    "sum": _sum,
    "isinstance": _isinstance,
    "getattr": _getattr,
    "setattr": _setattr,
    "map": _map,
    "filter": _filter,
    "int": lambda m, site: to_number(m, "int", site, _number(int)(m, site)),
    "float": lambda m, site: to_number(m, "float", site, _number(float)(m, site)),
}
