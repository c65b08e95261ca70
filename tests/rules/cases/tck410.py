"""Spellings and near-misses of view-as-transpose."""


def _with(*lines: str, head: str = "b, c, h, w = x.shape") -> str:
    body = "\n".join(f"    {line}" for line in (head, *lines))
    return f"import torch\nimport torch.nn as nn\n\n\ndef forward(x, heads, d):\n{body}\n"


_MODULE = """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, dim, heads, hidden):
        super().__init__()
        self.heads = heads
        self.head_dim = dim // heads
        self.hidden = hidden
        self.q = nn.Linear(dim, dim)
        self.k = nn.Conv2d(dim, dim // 8, 1)
        self.norm = nn.LayerNorm(dim)
        self.rnn = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(dim, hidden, batch_first=True)

    def parts(self):
        return self.q, self.k, self.norm, self.rnn, self.gru

    def forward(self, x):
"""


def _in_module(*lines: str) -> str:
    return _MODULE + "".join(f"        {line}\n" for line in lines)


BAD = {
    "images to channels last": _with("return x.view(b, h, w, c)  # <-"),
    "images to tokens": _with("x = x.reshape(b, h * w, c)  # <-", "return x"),
    "the channels stand for -1": _with("return x.reshape(b, h * w, -1)  # <-"),
    "the pixels stand for -1": _with("return x.view(b, -1, c)  # <-"),
    "tokens to images": _with(
        "side = int(n ** 0.5)", "return x.view(b, c, side, side)  # <-", head="b, n, c = x.size()"
    ),
    "by indices": _with("return x.view(x.size(1), x.size(0), -1)  # <-", head="x = x.contiguous()"),
    "by indices of the shape": _with("return x.reshape(x.shape[0], x.shape[2], x.shape[1])  # <-", head="x = x + 1"),
    "by indices behind -1": _with("return x.view(-1, x.size(2), x.size(1))  # <-", head="x = x + 1"),
    "a matrix": _with("return x.view(d_in, n)  # <-", head="n, d_in = x.shape"),
    "the sizes in a tuple": _with("return torch.reshape(x, (b, w, h, c))  # <-"),
    "after a layer of the same shape": _in_module(
        "b, t, c = x.shape", "x = self.norm(x).contiguous()", "return x.view(t, b, c)  # <-"
    ),
    "heads before the tokens": _in_module(
        "b, t, c = x.shape", "q = self.q(x)", "return q.view(b, self.heads, t, self.head_dim)  # <-"
    ),
    "heads before -1": _in_module("b = x.size(0)", "return self.q(x).view(b, self.heads, -1, self.head_dim)  # <-"),
    "heads, the width inferred": _in_module("b, t, _ = x.shape", "return self.q(x).view(b, self.heads, t, -1)  # <-"),
    "heads and batch in one": _in_module("b, t, _ = x.shape", "return self.q(x).view(b * self.heads, t, -1)  # <-"),
    "split, and split anew": _with(
        "x = x.view(b, n, heads, d)", "return x.view(b, heads, n, d)  # <-", head="b, n, c = x.shape"
    ),
    "keys of a convolution": _in_module("b, c, h, w = x.shape", "return self.k(x).view(b, h * w, -1)  # <-"),
    "both directions of a state": _in_module("_, (h, c) = self.rnn(x)", "return h.view(-1, self.hidden * 2)  # <-"),
    "a state by the batch": _in_module("_, (h, c) = self.rnn(x)", "return h.view(x.size(0), -1)  # <-"),
    "a video": _with("return x.view(b, c, t, h, w)  # <-", head="b, t, c, h, w = x.shape"),
    "without the first token": _with("x = x[:, 1:]", "return x.reshape(b, c, d, d)  # <-", head="b, n, c = x.shape"),
    "numpy": """\
import numpy as np
import torch

def to_tensor(image):
    h, w, c = image.shape
    return torch.from_numpy(image.reshape(c, h, w))  # <-
""",
    "layers unpacked from a generator": """\
from torch import nn
class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.q, self.k = (nn.Linear(width, width) for _ in range(2))
    def forward(self, x):
        b, t, c = x.shape
        q = self.q(x).view(b, self.heads, t, self.size)  # <-
        k = self.k(x).view(b, t, self.heads, self.size).transpose(1, 2)
        return q @ k.transpose(-2, -1)
""",
}

GOOD = {
    "the length is asked to be a square": """
import math
import torch


def to_map(tokens):
    length = tokens.size()[1]
    height, width = pair(int(math.sqrt(length)))
    assert height * height == length
    return tokens.reshape(tokens.size(0), height, width, tokens.size(2)).permute(0, 3, 1, 2)
""",
    "neighbours are merged": _with("return x.view(b, c, h * w)"),
    "all is merged": _with("return x.view(b, -1)"),
    "an axis is split": _with("return x.view(b, heads, c // heads, h, w)"),
    "moved before": _with("return x.permute(0, 2, 3, 1).reshape(b, h * w, c)"),
    "moved before, in a variable": _with("x = x.flatten(2).transpose(1, 2)", "return x.reshape(b, h * w, c)"),
    "moved and back": _with(
        "x = x.view(b, heads, c // heads, h, w)", "x = x.transpose(1, 2).contiguous()", "return x.view(b, -1, h, w)"
    ),
    "tokens of pixels moved": _with("return x.transpose(1, 2).view(b, c, d, d)", head="b, n, c = x.shape"),
    "heads": _in_module("b, t, c = x.shape", "return self.q(x).view(b, t, self.heads, self.head_dim).transpose(1, 2)"),
    "heads of -1": _in_module(
        "b = x.size(0)", "return self.q(x).view(b, -1, self.heads, self.head_dim).transpose(1, 2)"
    ),
    "heads and batch in one, time first": _in_module(
        "t, b, c = x.shape", "return self.q(x).view(t, b * self.heads, self.head_dim).transpose(0, 1)"
    ),
    "another tensor": _with("x = attend(x)", "return x.view(b, h, w, c)"),
    "another tensor in a branch": _with("if heads:", "    x = attend(x)", "return x.view(b, h, w, c)"),
    "another tensor in a loop": _with("for layer in heads:", "    y = x.view(b, h, w, c)", "    x = layer(y)"),
    "an axis of size 1 goes": _with("return x.view(b, h, w)"),
    "an axis that nobody names goes": _with("return x.view(b, h, -1)", head="b, _, h, w = x.shape"),
    "one is checked to be 1": _with("assert c == 1", "return x.view(b, h, w, c)"),
    "a square": _with("assert h == w", "return x.view(b, c, w, h)"),
    "mere numbers": _with("x = torch.arange(12).reshape(3, 4)", "return x.reshape(4, 3), x.reshape(2, 2, 3)"),
    "windows": _with("return x.view(b, h // d, d, w // d, d, c)", head="b, h, w, c = x.shape"),
    "pixel shuffle": _with("x = x.view(b, c // (d * d), d, d, h, w)", "return x.permute(0, 1, 4, 2, 5, 3)"),
    "frames folded into the batch": _with("return x.view(b * t, c, h, w)", head="b, t, c, h, w = x.shape"),
    "frames unfolded": _with("return x.view(bt // d, d, c, h, w)", head="bt, c, h, w = x.shape"),
    "frames unfolded by other names": _with("return x.view(d, heads, c, h, w)", head="bt, c, h, w = x.shape"),
    "sizes that occur twice": _with("return x.view(b * h * w, n, h, w)", head="b, h, w, n, _, _ = x.shape"),
    "sizes that occur twice, one merged": _with("return x.view(b, n * side, side, 2)", head="b, n, side = x.shape[:3]"),
    "skewed for relative positions": """\
import torch
import torch.nn.functional as F

def rel_shift(x):
    x = F.pad(x, (1, 0))
    b, h, i, j = x.shape
    x = x.reshape(b, h, j, i)
    return x[:, :, 1:].reshape(b, h, i, j - 1)
""",
    "the state of one layer": _in_module("_, h = self.gru(x)", "return h.view(x.size(0), -1)"),
    "layers and directions": _in_module("_, (h, c) = self.rnn(x)", "return h.view(1, 2, x.size(0), self.hidden)"),
    "a state that is moved": _in_module(
        "_, (h, c) = self.rnn(x)", "return h.transpose(0, 1).contiguous().view(x.size(0), -1)"
    ),
    "now so many axes, now others": _with(
        "    b, c, h, w = x.shape",
        "    return x.flatten(2)",
        "b, n, c = x.shape",
        "return x.view(b, n, c // 2, 2)",
        head="if x.dim() == 4:",
    ),
    "names that mean other sizes by now": _with("h, w = h // 2, w // 2", "x = pool(x)", "return x.view(b, w, h, c)"),
    "rows of columns": _with("return x.view(x.size(0), x.size(2), -1)", head="x = x + 1"),
    "an unknown layout": _with("return x.view(b, heads, -1, d)", head="b = x.shape[0]"),
}
