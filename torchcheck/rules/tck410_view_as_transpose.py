"""TCK410: axes that are swapped by `view` or `reshape`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import words_of
from torchcheck.code.axes import is_mixed, reshapes_in
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, FileView
    from torchcheck.code.axes import Reshape

_ON_PURPOSE = words("shift shifted skew skewed skewing unskew rel relative toeplitz scramble mix mixing")
"""Words of functions that move numbers from row to row on purpose, as for relative positions."""


class ViewAsTranspose(Rule):
    """`view` or `reshape` where axes should be swapped: the shape is right, and the entries of the samples are mixed.

    Judged is a reshape whose axes the code names: by `b, c, h, w = x.shape`, by `x.size(1)`, by the layer that gives
    the tensor. Merging neighbours, splitting an axis, axes of size 1, what was permuted before, a channel shuffle, and
    skewing for relative positions are right.
    """

    code = "TCK410"
    name = "view-as-transpose"
    level = Level.ERROR
    why = (
        "`view` cuts the same numbers in the same order at other places: each row of the result holds pieces of "
        "several samples or positions, and training goes on without an error, only worse."
    )
    help = "Swap axes with `permute` or `transpose`, and reshape after that, if at all."
    bad = (
        """\
import torch

x = torch.randn(4, 3, 8, 8)
b, c, h, w = x.shape
tokens = x.view(b, h * w, c)
print(tokens.shape)
""",
        """\
import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.head_dim = dim // heads
        self.query = nn.Linear(dim, dim)

    def forward(self, x):
        batch, length, dim = x.shape
        return self.query(x).view(batch, self.heads, length, self.head_dim)


print(SelfAttention(8, 2)(torch.randn(4, 5, 8)).shape)
""",
    )
    good = (
        """\
import torch

x = torch.randn(4, 3, 8, 8)
b, c, h, w = x.shape
tokens = x.view(b, c, h * w).transpose(1, 2)
print(tokens.shape)
""",
        """\
import torch

x = torch.randn(4, 6, 8, 8)
b, c, h, w = x.shape
x = x.view(b, 2, c // 2, h, w)
x = x.transpose(1, 2).contiguous()
print(x.view(b, c, h, w).shape)
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        for reshape in reshapes_in(view):
            if not is_mixed(reshape) or _is_on_purpose(reshape.call):
                continue
            yield Found(
                message=f"`{reshape.call.text}` doesn't swap {_shown(reshape)}: it cuts the same numbers at other "
                "places, and mixes them.",
                at=reshape.call,
                help=_permutation(reshape),
            )


def _is_on_purpose(call: CallView) -> bool:
    around = call.function
    names = words_of(around.name) if around is not None else []
    return not _ON_PURPOSE.isdisjoint({*names, *call.words})


def _shown(reshape: Reshape) -> str:
    """The axes before, where the user has named them all."""
    return f"the axes of ({', '.join(size.text for size in reshape.before)})" if reshape.is_whole else "axes"


def _permutation(reshape: Reshape) -> str | None:
    """What to write where the axes of the result are those before in another order."""
    before, given = list(reshape.before), reshape.call.receiver
    moved = [before.index(size) if size in before else -1 for size in reshape.after if size is not None]
    if not reshape.is_whole or given is None or sorted(moved) != list(range(len(before))):
        return None
    return f"Move the axes: `{given.text}.permute({', '.join(map(str, moved))})`."
