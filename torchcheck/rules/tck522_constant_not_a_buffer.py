"""TCK522: a constant tensor of a module that stays behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.constants import left_behind
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import ClassView


class ConstantNotABuffer(Rule):
    """`self.mean = torch.tensor([…])` is neither a parameter nor a buffer: `.to(device)` doesn't take it along.

    Judged are tensors of several numbers that `__init__` makes and `forward` computes with. Not accused: those that
    `forward` moves (`self.mean.to(x.device)`, `type_as`), that are put on a device as they are made, that are set again
    elsewhere or only looked at or used as an index, single numbers, lists, and modules with a `to` of their own.
    """

    code = "TCK522"
    name = "constant-not-a-buffer"
    level = Level.INFO
    why = "It stays on the CPU when the module moves to a GPU, and is missing from `state_dict` and `half()`."
    help = 'Make it a buffer: `self.register_buffer("mean", …)`, with `persistent=False` if no file is to hold it.'
    bad = (
        """\
import torch
from torch import nn


class Normalize(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)

    def forward(self, x):
        return x - self.mean


print(Normalize()(torch.ones(2, 3, 8, 8)).shape)
""",
        """\
import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self, size=16):
        super().__init__()
        self.scale = torch.linspace(0, 1, size)
        self.fc = nn.Linear(size, 2)

    def forward(self, x):
        return self.fc(torch.mul(x, self.scale))


print(Positions()(torch.ones(2, 16)).shape)
""",
    )
    good = (
        """\
import torch
from torch import nn


class Normalize(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)

    def forward(self, x):
        return (x - self.mean) / self.std.to(x.device)


print(Normalize()(torch.ones(2, 3, 8, 8)).shape)
""",
        """\
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.tensor(0.5)
        self.sizes = [1.0, 2.0]

    def forward(self, x):
        return self.factor * x + self.sizes[0]


print(Scale()(torch.ones(2, 3)).shape)
""",
    )

    def class_(self, view: ClassView) -> Iterable[Found]:
        for attr, assigned in left_behind(view):
            yield Found(
                message=f"`self.{attr}` is a plain tensor, and `forward` computes with it: when `{view.name}` moves to "
                "a device, it stays behind.",
                at=assigned.target,
                help=f'Make it a buffer: `self.register_buffer("{attr}", …)`, with `persistent=False` if no file is '
                "to hold it.",
            )
