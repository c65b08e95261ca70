"""TCK513: one layer many times over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.layers import owns_parameters
from torchcheck.code.repeats import names_around, repeats_in
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import FileView
    from torchcheck.code.repeats import Repeat
    from torchcheck.facts.repeated import LayerRepeated

_ON_PURPOSE = pattern(
    r"shar(e|ed|ing)\b|\btie(d|s)?\b|tying|reus(e|ed|ing)|\bsame\b|siamese|recurren|universal|unroll|iterat|replica"
)


class RepeatedModuleObject(Rule):
    """`[nn.Linear(4, 4)] * 3` is one layer, three times in the list.

    The entries share their weights. So do those of `nn.Sequential(*[block] * 3)`, of `[block for _ in range(3)]` and
    of a loop that appends the block that was built before it. Not accused: layers without parameters (activations,
    pooling, dropout), sharing that a name or a comment calls so, `copy.deepcopy(block)`, and lists of a model that
    don't become part of a module (`zip([model] * n, batches)`).
    """

    code = "TCK513"
    name = "repeated-module-object"
    level = Level.WARNING
    why = "Every entry is the same object with the same weights: the model has the capacity of one layer."
    help = "Build each layer anew: `nn.ModuleList([nn.Linear(4, 4) for _ in range(n)])`, or copy it by `copy.deepcopy`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(*[nn.Linear(4, 4), nn.Tanh()] * 3, nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(5):
    x = torch.randn(16, 4)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        block = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.body = nn.Sequential(*[block for _ in range(depth)])
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        return self.head(self.body(x))


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for step in range(5):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1]).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import copy

import torch
from torch import nn

torch.manual_seed(0)
block = nn.Linear(4, 4)
model = nn.Sequential(*[copy.deepcopy(block) for _ in range(3)])
activations = nn.ModuleList([nn.ReLU()] * 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(5):
    h = x = torch.randn(16, 4)
    for layer, activation in zip(model, activations):
        h = activation(layer(h))
    optimizer.zero_grad()
    nn.functional.mse_loss(h, x).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        shared = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
        self.body = nn.Sequential(*[shared for _ in range(depth)])

    def forward(self, x):
        return self.body(x)


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for step in range(5):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
""",
    )

    def repeated(self, fact: LayerRepeated) -> Iterable[Found]:
        if _ON_PURPOSE.search(fact.names.lower()) is None:
            yield Found(
                message=f"`{fact.container}` holds one and the same `{fact.kind}` {fact.count} times, not "
                f"{fact.count} layers.",
                at=fact.place,
                module=fact.container,
                step=fact.step,
                evidence={"count": fact.count},
            )

    def file(self, view: FileView) -> Iterable[Found]:
        for repeat in repeats_in(view):
            if _is_one_layer(repeat) and not _is_on_purpose(repeat):
                yield Found(
                    message=f"`{_short(repeat.at.text)}` holds one and the same layer each time, not several.",
                    at=repeat.at,
                )


def _is_one_layer(repeat: Repeat) -> bool:
    built_here = repeat.item.call is not None and repeat.item.call.last_name[:1].isupper()
    if not repeat.is_contained and not built_here:
        return False
    return owns_parameters(repeat.item) is True


def _is_on_purpose(repeat: Repeat) -> bool:
    asked = " ".join(test.text.replace("_", " ") for test in repeat.at.conditions)
    said = f"{repeat.at.remarks} {names_around(repeat.at)} {repeat.item.text} {asked}"
    return _ON_PURPOSE.search(said.lower()) is not None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
