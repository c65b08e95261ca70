"""TCK501: a module used before, or without, `super().__init__()`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.code.sizes import default_of
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView, ExprView, FunctionView

_REGISTERS = frozenset({"register_buffer", "register_parameter", "register_module", "add_module"})
_NEEDS_IT = (Kind.MODULE, Kind.LOSS, Kind.PARAMETER)
_PLAIN = frozenset(
    {
        "torch.nn.Module",
        "lightning.LightningModule",
        "lightning.pytorch.LightningModule",
        "pytorch_lightning.LightningModule",
        "abc.ABC",
        "builtins.object",
    }
)
"""Bases whose `__init__` takes no arguments."""
_OTHER_WAYS = ("__dict__", "__class__", "vars", "__setstate__")
"""What sets a module up without its `__init__`: by copying what another one holds."""
_MADE_BY_DECORATOR = ("init", "dataclass", "attr", "wrap")
_MACHINERY = ("__new__", "__setattr__", "__getattr__", "__getattribute__", "__init_subclass__")


class MissingSuperInit(Rule):
    """A module's `__init__` must call `super().__init__()` before it assigns layers or parameters.

    Without it there is nowhere to register them: the first assignment of a layer raises, or the first call of the
    module does. Any spelling of the call will do: `super(Net, self).__init__()`, `nn.Module.__init__(self)`, through a
    method. Numbers and lists may be set before it. A class without an `__init__` of its own, with a metaclass, with a
    `__new__` or a `__setattr__`, or with a base that isn't known, is not accused.
    """

    code = "TCK501"
    name = "missing-super-init"
    level = Level.ERROR
    why = "`nn.Module.__init__` makes the registers of layers, parameters and buffers; until then none can be assigned."
    help = "Make `super().__init__()` the first statement of `__init__`."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        return self.fc(x)


try:
    print(Net()(torch.randn(2, 4)))
except AttributeError as error:
    print(error)
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        self.fc = nn.Linear(width, 1)
        super().__init__()

    def forward(self, x):
        return self.fc(x)


try:
    print(Net(4)(torch.randn(2, 4)))
except AttributeError as error:
    print(error)
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        self.width = width
        nn.Module.__init__(self)
        self.fc = nn.Linear(width, 1)

    def forward(self, x):
        return self.fc(x)


print(Net(4)(torch.randn(2, 4)))
""",
        """\
import torch
from torch import nn


class Scale(nn.Module):
    factor = 2.0

    def forward(self, x):
        return self.factor * x


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.layers = nn.Sequential(nn.Linear(4, 1), Scale())

    def forward(self, x):
        return self.layers(x)


print(Net()(torch.randn(2, 4)))
""",
    )

    def class_(self, view: ClassView) -> Iterable[Found]:
        init = view.methods.get("__init__")
        if init is None or init.is_stub or _begins_right(init) or not view.is_module or _sets_itself_up(view):
            return
        calls = [call for method in view.initializers for call in method.calls if call.method == "__init__"]
        if not calls and _needs_registers(view) and not _is_mixed_in(view):
            yield Found(
                message=f"`{view.name}.__init__` never calls `super().__init__()`.",
                at=init.place,
                fix=_insert(view, init),
            )
        own = [call for call in calls if call in init.calls]
        if own and len(own) == len(calls) and init.is_unconditional(own[0]):
            early = [node for node in _registered(init) if node.is_before(own[0])]
            for node in early[:1]:
                yield Found(
                    message=f"`{node.text}` comes before `{own[0].text}`, which makes the registers that it needs.",
                    at=node,
                    help=f"Make `{own[0].text}` the first statement of `__init__`.",
                    fix=_move(init, own[0]),
                )


def _begins_right(init: FunctionView) -> bool:
    """Whether nothing can come too early: its first statement calls the `__init__` of a base."""
    opening = init.opening
    return opening is not None and opening.call is not None and opening.call.method == "__init__"


def _sets_itself_up(view: ClassView) -> bool:
    """Whether the registers may come from somewhere else."""
    if view.has_unknown_base or any(one.has_keywords or _is_wrapped(one) for one in view.lineage):
        return True
    if any(name in one.methods for one in view.lineage for name in _MACHINERY):
        return True
    return any(method.mentions(*_OTHER_WAYS) for method in view.initializers)


def _is_wrapped(view: ClassView) -> bool:
    return any(part in decorator.text.lower() for decorator in view.decorators for part in _MADE_BY_DECORATOR)


def _needs_registers(view: ClassView) -> bool:
    """Whether an instance can't be made, or can't be called."""
    if any(True for method in view.initializers for _ in _registered(method)):
        return True
    return view.method("forward") is not None and view.method("__call__") is None and bool(view.self_assignments)


def _registered(method: FunctionView) -> Iterator[ExprView]:
    """What a method registers with the module, in the order of the source."""
    for view in method.assignments:
        if view.target.self_attribute is None or view.value.kind not in _NEEDS_IT or view.unpacked:
            continue
        if not _stands_for_a_class(view.value):
            yield view.target
    for call in method.calls:
        if call.last_name in _REGISTERS and call.receiver is not None and call.receiver.identifier == "self":
            yield call


def _stands_for_a_class(value: ExprView) -> bool:
    """Whether it is a parameter such as `layer: nn.Module = nn.Linear`: what to build, whatever the annotation says."""
    default = default_of(value)
    return default is not None and (default.identifier or default.attribute or "")[:1].isupper()


def _is_mixed_in(view: ClassView) -> bool:
    """Whether a class of the file derives from it and another one, and calls the `__init__` of both."""
    for other in view.file.classes:
        if view.name in [base.identifier for base in other.bases] and len(other.bases) > 1:
            asked = [
                call.receiver.identifier for call in other.own_calls() if call.method == "__init__" and call.receiver
            ]
            if view.name in asked and len(set(asked)) > 1:
                return True
    return False


def _insert(view: ClassView, init: FunctionView) -> FixMaker:
    above = view.lineage[1:]
    if any("__init__" in one.methods for one in above):
        return no_fix
    outside = [base.name for one in view.lineage for base in one.bases if base.name is not None]
    if not all(name in _PLAIN for name in outside) or len(view.lineage) + len(outside) < 2:
        return no_fix
    return view.file.edits.insert_first(init, "super().__init__()", "call `super().__init__()` first", safe=True)


def _move(init: FunctionView, call: CallView) -> FixMaker:
    if call.is_open or not call.is_statement or any(a.value.identifier != "self" for a in call.arguments):
        return no_fix
    return init.file.edits.move_first(call, init, f"move `{call.text}` to the top", safe=True)
