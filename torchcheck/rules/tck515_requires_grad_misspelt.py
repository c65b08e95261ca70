"""TCK515: freezing that freezes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import AssignView, ExprView

_RIGHT = "requires_grad"
_CLOSE = 0.85
"""Likeness (`difflib`) from which a name counts as a misspelling: `require_grad` has 0.96, `requires_grad_fn` 0.90."""
_OTHER_NAMES = frozenset({"requires_grad_", "requires_grad_fn", "requires_grads", "requires_grad_params"})
_PARTS = pattern(
    r"(fc|classifier|head|backbone|encoder|decoder|features?|layers?|conv|bn|norm|block|stage|stem|embeddings?|model|net"
    r"|extractor|trunk|body|roberta|bert|base_model|base|gpt|vit|resnet|vgg|lstm|gru|rnn|linear)\d*"
)
_WHOLE = frozenset({"model", "net", "network", "backbone", "encoder", "decoder", "generator", "discriminator", "bert"})


class RequiresGradMisspelt(Rule):
    """`p.require_grad = False` and `module.requires_grad = False` set an attribute that nobody reads.

    The first is a misspelling of `requires_grad`; the second sets it on a module, which has no such switch: its
    parameters have, and `module.requires_grad_(False)` sets them all. An attribute of the user's own class (`self.…`,
    `args.…`) may be called as they like, and `requires_grad` of a parameter or tensor is right.
    """

    code = "TCK515"
    name = "requires-grad-misspelt"
    level = Level.ERROR
    why = "Python takes any name for a new attribute; the parameters stay as they were, and what was frozen trains on."
    help = "Set `requires_grad` of each parameter, or call `module.requires_grad_(False)`."
    bad = (
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
for p in model[0].parameters():
    p.require_grad = False
print([p.requires_grad for p in model.parameters()])
""",
        """\
import torch
from torch import nn

encoder = nn.Linear(4, 4)
encoder.requires_grad = False
print([p.requires_grad for p in encoder.parameters()])
""",
    )
    good = (
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
for p in model[0].parameters():
    p.requires_grad = False
print([p.requires_grad for p in model.parameters()])
""",
        """\
import torch
from torch import nn

encoder = nn.Linear(4, 4)
encoder.requires_grad_(False)
encoder.weight.requires_grad = True
print([p.requires_grad for p in encoder.parameters()])
""",
    )

    def assignment(self, view: AssignView) -> Iterable[Found]:
        name, base = view.target.attribute, view.target.base
        if name is None or base is None:
            return
        if name == _RIGHT:
            if _is_a_module(base) and isinstance(view.value.literal, bool):
                yield Found(
                    message=f"`{base.text}` is a module: setting its `requires_grad` reaches none of its parameters.",
                    at=view.target,
                    help=f"Call `{base.text}.requires_grad_({view.value.text})`.",
                    fix=self._call(view, base),
                )
        elif _is_misspelt(name) and _has_parameters(base):
            yield Found(
                message=f"`{view.target.text}` is a misspelling of `requires_grad`: nothing is switched.",
                at=view.target,
                help=f"Write `{base.text}.requires_grad = {view.value.text}`.",
                fix=view.file.edits.replace(view.target, f"{base.text}.requires_grad", "Spell it `requires_grad`"),
            )

    def _call(self, view: AssignView, base: ExprView) -> FixMaker:
        if not view.is_whole_statement:
            return no_fix
        return view.file.edits.replace(view, f"{base.text}.requires_grad_({view.value.text})", "Freeze its parameters")


def _is_misspelt(name: str) -> bool:
    if name in _OTHER_NAMES or not name.startswith(("req", "Req", "need_grad", "needs_grad")):
        return False
    return difflib.SequenceMatcher(None, name.lower(), _RIGHT).ratio() >= _CLOSE


def _has_parameters(base: ExprView) -> bool:
    return base.identifier not in ("self", "cls", "args", "opt", "config", "cfg") and base.kind is not Kind.OTHER


def _is_a_module(base: ExprView) -> bool:
    if base.kind.is_module:
        return True
    if base.kind is not Kind.UNKNOWN:
        return False
    outer = base.base
    if outer is not None and base.attribute is not None:  # `model.fc`: a part of a known model, by the names of parts
        return outer.kind.is_module and _PARTS.fullmatch(base.attribute) is not None
    return base.identifier in _WHOLE
