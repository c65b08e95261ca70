"""TCK702: a checkpoint loaded with the whole of pickle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import AssignView, CallView, ExprView

_LOADS = frozenset({"torch.load", "torch.serialization.load"})
_FROM_HUB = frozenset({"torch.hub.load_state_dict_from_url", "torch.utils.model_zoo.load_url"})
_PARTIAL = frozenset({"functools.partial"})
_FIRST = (1, 13)  # the torch that brought weights_only
_SAFE = (2, 6)  # the torch whose load is safe by default
_SWITCH = "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"
_CHOSEN = words("trust trusted unsafe insecure")
"""Parts of the names of settings by which a user chooses to trust a file."""


class UnsafeLoad(Rule):
    """`torch.load(…, weights_only=False)` runs whatever code the file holds; below torch 2.6 it is the default.

    The argument left out is accused only where `target-torch` is below 2.6. `torch.jit.load`, arguments that arrive in
    `**kwargs`, a value handed on from a caller, a branch that the user chose (`if trust_checkpoint:`) and a buffer
    that the program itself filled are not accused.
    """

    code = "TCK702"
    name = "unsafe-load"
    level = Level.WARNING
    why = "A pickle can run any code while it is loaded: a downloaded or swapped checkpoint owns the machine."
    help = "Load with `weights_only=True`; allow further classes with `torch.serialization.add_safe_globals([…])`."
    bad = (
        """\
import torch
from torch import nn

torch.save(nn.Linear(2, 1).state_dict(), "model.pt")
model = nn.Linear(2, 1)
model.load_state_dict(torch.load("model.pt", weights_only=False))
""",
        """\
import functools

import torch

torch.save({"step": 3}, "state.pt")
load = functools.partial(torch.load, map_location="cpu", weights_only=False)
print(load("state.pt")["step"])
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.save(nn.Linear(2, 1).state_dict(), "model.pt")
model = nn.Linear(2, 1)
model.load_state_dict(torch.load("model.pt", map_location="cpu", weights_only=True))
""",
        """\
import io

import torch
from torch import nn

buffer = io.BytesIO()
torch.save(nn.Linear(2, 1), buffer)
buffer.seek(0)
print(torch.load(buffer, weights_only=False))
""",
    )
    call_names = frozenset({"load", "torch_load", "load_state_dict_from_url", "load_url", "partial"})

    def call(self, view: CallView) -> Iterable[Found]:
        loads = view.target in _LOADS
        if not loads and view.target not in _FROM_HUB and not _is_partial(view):
            return
        given = view.argument(None, "weights_only")
        if given is not None and given.constant is not None:
            if given.constant is False and not _is_the_users_choice(view) and not _is_own_buffer(view):
                yield Found(
                    message=f"`{view.func.text}` with `weights_only=False` runs any code that the file holds.",
                    at=view,
                    fix=self._turn_on(view, given),
                )
        elif loads and self._default_is_unsafe and not view.is_open and not _is_own_buffer(view):
            yield Found(
                message=f"Before torch 2.6 `{view.func.text}` without `weights_only` runs any code in the file.",
                at=view,
                help="Load with `weights_only=True`.",
                fix=self._turn_on(view, given),
            )

    def assignment(self, view: AssignView) -> Iterable[Found]:
        """`os.environ[…] = "1"` does the same for every load."""
        base = view.target.base
        if base is None or base.name != "os.environ" or not view.is_whole_statement:
            return
        if _SWITCH in view.target.text and str(view.value.literal).lower() in ("1", "y", "yes", "true"):
            yield Found(message=f"`{_SWITCH}` makes every `torch.load` run any code that the file holds.", at=view)

    @property
    def _default_is_unsafe(self) -> bool:
        return self.target_torch is not None and _FIRST <= self.target_torch < _SAFE

    def _turn_on(self, view: CallView, given: ExprView | None) -> FixMaker:
        if view.argument(2, "pickle_module") is not None or (given is not None and given.literal not in (False, None)):
            return no_fix
        if given is None:
            return view.file.edits.add_argument(view, "weights_only=True", "load tensors and plain values only")
        return view.file.edits.replace(given, "True", "load tensors and plain values only")


def _is_partial(view: CallView) -> bool:
    first = view.argument(0)
    return view.target in _PARTIAL and first is not None and first.name in _LOADS


def _is_the_users_choice(view: CallView) -> bool:
    tests = view.conditions
    return any(test.mentions("weights_only") or not _CHOSEN.isdisjoint(test.words) for test in tests)


def _is_own_buffer(view: CallView) -> bool:
    """Whether it reads from an `io.BytesIO()` that was empty when it was made, and then filled by `torch.save`."""
    source = view.argument(0, "f")
    made = _made_by(source) if source is not None else None
    if made is None or made.target != "io.BytesIO" or made.arguments:
        return False
    saves = (call.argument(1, "f") for call in view.file.calls if call.target == "torch.save")
    return any(_made_by(given) == made for given in saves if given is not None)


def _made_by(file: ExprView) -> CallView | None:
    return (file.entered or file.value).call
