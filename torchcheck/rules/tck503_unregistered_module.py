"""TCK503: layers in a plain list, tuple or dict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import words_of
from torchcheck.code.held import held_collections, is_registered_elsewhere, looks_after
from torchcheck.code.layers import owns_parameters
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import ClassView, ExprView
    from torchcheck.code.held import Held
    from torchcheck.facts.hidden import HiddenPart

_HIDDEN_NAMES = frozenset(
    {"teacher", "ema", "frozen", "target", "reference", "ref", "perceptual", "momentum", "unregistered", "detached"}
)
"""What people keep out of `parameters()` on purpose."""
_PLAIN = frozenset({"list", "tuple", "set", "dict", "OrderedDict", "defaultdict"})
_HIDDEN_REMARK = pattern(r"\b(hid(e|es|ing)|(un)?regist\w*|state_dict|frozen|freez\w+|teacher|ema|not train\w*)\b")


class UnregisteredModule(Rule):
    """Layers kept in a plain list, tuple or dict of a module are none of its parts.

    They are missing from `parameters()` and so from the optimizer, from `state_dict()`, and from what `to()`, `train()`
    and `eval()` reach. Not accused: collections that are wrapped in `nn.ModuleList`, `nn.ModuleDict` or `nn.Sequential`
    or handed to another object, layers that are attributes of the module as well, layers registered by `add_module` or
    `setattr`, layers without parameters (activations, losses), and what is hidden on purpose: a list of one, a name or
    a comment that says so.
    """

    code = "TCK503"
    name = "unregistered-module"
    level = Level.ERROR
    why = (
        "A plain collection hides its layers: the optimizer doesn't train them, nothing moves, saves or switches them."
    )
    help = "Use `nn.ModuleList` (or `nn.ModuleDict`) instead of the plain list (or dict)."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(3)]
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.head(x)


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.heads = {}
        for name in ("a", "b"):
            self.heads[name] = nn.Linear(4, 1)

    def forward(self, x, name):
        return self.heads[name](torch.relu(self.body(x)))


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x, "a"), y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for _ in range(3):
            layers += [nn.Linear(4, 4), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.activations = [nn.ReLU(), nn.Tanh()]

    def forward(self, x):
        for activation in self.activations:
            x = activation(x)
        return self.body(x)


print(len(list(Net().parameters())), Net()(torch.ones(1, 4)).shape)
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 1)
        self.layers = [self.first, self.second]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


print(len(list(Net().parameters())), Net()(torch.ones(1, 4)).shape)
""",
    )

    def hidden(self, fact: HiddenPart) -> Iterable[Found]:
        if fact.layers:
            kind = f"`{fact.container}`" if fact.container in _PLAIN else f"`{fact.container}`, which is no module"
            yield Found(
                message=f"`{fact.attribute}` is a {kind}: `{fact.owner}` doesn't register its layers, "
                "and no optimizer has them.",
                at=fact.place,
                help=None if fact.container in _PLAIN else f"Let `{fact.container}` be an `nn.Module`.",
                step=fact.step,
            )

    def class_(self, view: ClassView) -> Iterable[Found]:
        if not view.is_module or view.has_unknown_base:
            return
        for held in held_collections(view):
            if held.is_single or _is_hidden(held):
                continue
            lost = next((item for item in held.items if _is_lost(item)), None)
            if lost is not None and not looks_after(view, held.attr):
                yield Found(
                    message=f"`self.{held.attr}` is a plain collection: `{view.name}` doesn't register its layers, "
                    f"such as `{_short(lost.text)}`.",
                    at=held.at.target,
                )


def _is_lost(item: ExprView) -> bool:
    call = item.value.call
    if call is not None and call.method in ("eval", "requires_grad_"):
        return False
    return owns_parameters(item) is True and not is_registered_elsewhere(item)


def _is_hidden(held: Held) -> bool:
    words = words_of(held.attr)
    return not _HIDDEN_NAMES.isdisjoint(words) or _HIDDEN_REMARK.search(held.at.remarks) is not None


def _short(text: str) -> str:
    return text if len(text) <= 50 else f"{text[:47]}..."
