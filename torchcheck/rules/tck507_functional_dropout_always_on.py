"""TCK507: dropout that evaluation doesn't switch off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL, words_of
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView, ExprView
    from torchcheck.facts.exam import StillDrops

_FUNCTIONS = words("dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout")
_ATTENTION = "torch.nn.functional.scaled_dot_product_attention"
_OFF_BY_DEFAULT = words("alpha_dropout feature_alpha_dropout")
_LAYERS = words("Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout")
_MODE = words("train training eval evaluate evaluating evaluation infer inference test testing mode sample sampling")
_ON_PURPOSE = words(
    "mc monte carlo bayes bayesian uncertainty uncertain epistemic stochastic prenet augment augmentation aug noise "
    "perturb perturbation ensemble corrupt view views simcse mask"
)
_SAID = (
    "monte", "mc dropout", "mc-dropout", "mcdropout", "bayes", "uncertain", "always", "on purpose", "intention",
    "stochastic", "inference", "test time", "test-time", "in eval", "eval(", "training=true", "noise", "augment",
    "predict",
)  # fmt: skip


class FunctionalDropoutAlwaysOn(Rule):
    """`F.dropout(x, 0.5)` drops at evaluation too: unlike `nn.Dropout`, a function doesn't know the mode of the module.

    `training` is `True` unless it is given, and `scaled_dot_product_attention` drops whenever `dropout_p` isn't 0.
    Judged in the methods of modules, and in functions that these call with a rate of their own. Dropout under
    `if self.training`, a rate that depends on the mode or comes from the caller, and dropout kept on for its
    randomness (Monte-Carlo dropout, the pre-net of a speech model, augmentation) are not accused.
    """

    code = "TCK507"
    name = "functional-dropout-always-on"
    level = Level.ERROR
    why = (
        "`model.eval()` doesn't reach a function: predictions stay random, and metrics are those of a thinned network."
    )
    help = "Tell it the mode: `F.dropout(x, p, training=self.training)`."
    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        x = F.dropout(F.relu(self.fc1(x)), p=0.5)
        return self.fc2(x)


net = Net().eval()
x = torch.randn(2, 8)
print(torch.equal(net(x), net(x)))
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, dropout=0.1):
        super().__init__()
        self.qkv = nn.Linear(8, 24)
        self.dropout = dropout

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        return F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout)


print(Attention().eval()(torch.randn(2, 4, 8)).shape)
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        x = F.dropout(F.relu(self.fc1(x)), p=0.5, training=self.training)
        return self.fc2(x)


net = Net().eval()
x = torch.randn(2, 8)
print(torch.equal(net(x), net(x)))
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, dropout=0.1):
        super().__init__()
        self.qkv = nn.Linear(8, 24)
        self.dropout = dropout

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        p = self.dropout if self.training else 0.0
        return F.scaled_dot_product_attention(q, k, v, dropout_p=p)


print(Attention().eval()(torch.randn(2, 4, 8)).shape)
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class MCDropoutNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return F.dropout(self.fc(x), 0.5, training=True)


net = MCDropoutNet().eval()
x = torch.randn(2, 8)
print(torch.stack([net(x) for _ in range(10)]).std(0))
""",
    )
    call_names = _FUNCTIONS | _LAYERS | {"scaled_dot_product_attention"}

    def still_drops(self, fact: StillDrops) -> Iterable[Found]:
        where = f" in `{fact.module}`" if fact.module else ""
        yield Found(
            message=f"`{fact.function}`{where} drops {fact.rate:.0%} of its input in evaluation mode, too.",
            at=fact.place,
            module=fact.module or None,
            evidence={"rate": fact.rate},
        )

    def call(self, view: CallView) -> Iterable[Found]:
        kind = _kind(view)
        if kind is None or view.is_open or not _runs_in_a_module(view) or _knows_the_mode(view) or _is_meant(view):
            return
        if kind == "attention":
            rate = view.argument(4, "dropout_p")
            if rate is not None and _is_on(rate):
                yield self._attention(view, rate)
        elif not _is_on(view.argument(0 if kind == "layer" else 1, "p")):
            return
        elif kind == "layer":
            message = f"`{view.text}` is a new layer, in training mode, each time: it drops at evaluation too."
            yield Found(message=message, at=view, help="Build the layer once, in `__init__`.")
        else:
            yield from self._judge_flag(view, view.argument(2, "train" if kind == "torch" else "training"))

    def _attention(self, view: CallView, rate: ExprView) -> Found:
        text = f"{rate.text} if self.training else 0.0"
        fix = view.file.edits.replace(rate, text, "drop in training only")
        return Found(
            message=f"`{view.last_name}` drops with `dropout_p={rate.text}` at evaluation too.",
            at=view,
            help=f"Pass `dropout_p={text}`.",
            fix=_in_a_method(view, fix),
        )

    def _judge_flag(self, view: CallView, flag: ExprView | None) -> Iterable[Found]:
        edits = view.file.edits
        message = "tell it the mode"
        if flag is None:
            if view.last_name in _OFF_BY_DEFAULT:
                return
            fix = edits.add_argument(view, "training=self.training", message)
            said = f"`{view.text}` drops at evaluation too: `training` is `True` unless it is given."
        elif flag.literal is True and not _is_a_generator(view):
            fix = edits.replace(flag, "self.training", message)
            said = f"`{view.text}` drops at evaluation too: its `training` is always `True`."
        elif flag.self_attribute == "train" and not _sets(view.in_class, "train"):
            fix = edits.replace(flag, "self.training", message)
            said = f"`{view.text}` drops at evaluation too: `self.train` is a method, which counts as true."
        else:
            return
        yield Found(
            message=said,
            at=view,
            help="Give it the mode of the module: `training=self.training`.",
            fix=_in_a_method(view, fix),
        )


def _kind(view: CallView) -> str | None:
    target = view.target
    if target == _ATTENTION:
        return "attention"
    if target is not None:
        head, _, last = target.rpartition(".")
        if last in _FUNCTIONS and head in ("torch.nn.functional", "torch"):
            return "torch" if head == "torch" else "function"
        if head == "torch.nn" and last in _LAYERS and view.called is not None:
            return "layer"
    return None


def _runs_in_a_module(view: CallView) -> bool:
    """Whether it is part of a forward pass: in a method of a module, or in a function that a module calls."""
    around = view.in_class
    function = view.function
    if function is None:
        return False
    if around is not None:
        return around.is_module or (around.is_module is None and "forward" in around.methods)
    if any(_MODE & set(words_of(name)) for name in function.parameters):
        return False
    callers = [c.in_class for c in view.file.calls if c.func.identifier == function.name]
    return any(caller is not None and caller.is_module for caller in callers)


def _knows_the_mode(view: CallView) -> bool:
    parameters = set(view.function.parameters) if view.function is not None else set()
    for test in view.conditions:
        if test.words & (_MODE | _ON_PURPOSE):
            return True
        if any("drop" in name and test.mentions(name) for name in parameters):
            return True
    return view.in_class is not None and not {"train", "eval"}.isdisjoint(view.in_class.methods)


def _is_on(rate: ExprView | None) -> bool:
    """Whether dropout with this rate surely drops at evaluation if it does in training."""
    if rate is None:
        return True
    value = rate.value
    if value.literal is not NOT_LITERAL:
        return bool(value.literal)
    root, first = value, None
    while root.attribute is not None and root.base is not None:
        root, first = root.base, root
    return (
        first is not None
        and first.self_attribute is not None
        and rate.in_class is not None
        and not _changes(rate.in_class, first.self_attribute)
    )


def _changes(around: ClassView, attribute: str) -> bool:
    """Whether an attribute is computed, or set outside of `__init__`, or only ever set to nothing."""
    set_to = []
    for ancestor in around.lineage:
        if attribute in ancestor.methods:
            return True
        for name, assignment in ancestor.self_assignments:
            if name == attribute:
                function = assignment.function
                if function is None or function.name != "__init__":
                    return True
                set_to.append(assignment.value.literal)
    return bool(set_to) and not any(set_to_value or set_to_value is NOT_LITERAL for set_to_value in set_to)


def _is_meant(view: CallView) -> bool:
    """Whether a name or a remark says that the randomness is wanted in evaluation."""
    around = [view.function.name] if view.function is not None else []
    around += [one.name for one in (view.in_class.lineage if view.in_class is not None else [])]
    said = {word for name in around for word in words_of(name)}
    if said & _ON_PURPOSE or any("prenet" in name.lower() for name in around):
        return True
    remarks = view.remarks
    return any(part in remarks for part in _SAID)


def _is_a_generator(view: CallView) -> bool:
    """Image-to-image generators take their noise from dropout."""
    return view.in_class is not None and bool(
        {"generator", "unet", "gan", "generative"} & set(words_of(view.in_class.name))
    )


def _sets(around: ClassView | None, attribute: str) -> bool:
    return around is None or any(name == attribute for one in around.lineage for name, _ in one.self_assignments)


def _in_a_method(view: CallView, fix: FixMaker) -> FixMaker:
    function = view.function
    return (
        fix if function is not None and function.owner is not None and function.parameters[:1] == ["self"] else no_fix
    )
