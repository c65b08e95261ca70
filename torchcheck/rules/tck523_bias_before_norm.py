"""TCK523: a bias that the norm right behind it takes away again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.neighbours import neighbours
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, FileView

_BIAS_AT = {
    "Linear": 2,
    **dict.fromkeys(words("Conv1d Conv2d Conv3d"), 7),
    **dict.fromkeys(words("ConvTranspose1d ConvTranspose2d ConvTranspose3d"), 7),
    "LazyLinear": 1,
    **dict.fromkeys(words("LazyConv1d LazyConv2d LazyConv3d"), 6),
    **dict.fromkeys(words("LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"), 6),
}
"""Layers with a bias, and the position of the argument that says whether."""
_BATCH_NORMS = words(
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d"
)
_INSTANCE_NORMS = words("InstanceNorm1d InstanceNorm2d InstanceNorm3d")


class BiasBeforeNorm(Rule):
    """A convolution or linear layer learns a bias, and the batch norm right behind it subtracts it again.

    Accused are layers side by side in a `Sequential`, and layers that a module calls one with the result of the other.
    Not accused: `bias=False`, a bias that the caller chooses, an activation in between, a norm that other layers use
    as well as this one's output, and group and layer norms, whose mean runs over several biases.
    """

    code = "TCK523"
    name = "bias-before-norm"
    level = Level.INFO
    why = "The norm subtracts each channel's mean, and the bias with it: it learns nothing."
    help = "Build the layer with `bias=False`; the norm has a bias of its own."
    bad = (
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
print(model(torch.randn(2, 3, 8, 8)).shape)
""",
        """\
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, kernel_size=3, padding=1)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        x = self.conv(x)
        x = self.norm(x)
        return x.relu()


print(Block()(torch.randn(2, 3, 8, 8)).shape)
""",
    )
    good = (
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
print(model(torch.randn(2, 3, 8, 8)).shape)
""",
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 3), nn.GroupNorm(2, 8))
print(model(torch.randn(2, 3, 8, 8)).shape)
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if view.identifiers.isdisjoint(_BATCH_NORMS | _INSTANCE_NORMS):
            return
        for layer in dict.fromkeys(layer for layer, norm in neighbours(view) if _is_cancelled(layer, norm)):
            yield Found(message=f"The norm right behind it cancels the bias of this `{layer.func.text}`.", at=layer)


def _is_cancelled(layer: CallView, norm: CallView) -> bool:
    cancels = _BATCH_NORMS if layer.last_name.endswith("Linear") else _BATCH_NORMS | _INSTANCE_NORMS
    return norm.last_name in cancels and _has_bias(layer)


def _has_bias(layer: CallView) -> bool:
    position = _BIAS_AT.get(layer.last_name)
    if position is None or layer.is_open:
        return False
    bias = layer.argument(position, "bias")
    return bias is None or bias.constant is True
