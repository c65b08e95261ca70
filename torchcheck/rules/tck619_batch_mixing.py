"""TCK619: the output for one sample depends on the others in its batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.exam import sentence
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.exam import SamplesMixed


class BatchMixing(Rule):
    """In evaluation mode, the output for one sample changes when another sample of the batch does.

    A `view` where `transpose` is meant, an attention or recurrent layer that takes the batch for the time
    (`batch_first` forgotten), a normalisation over axis 0. The exam puts samples in the places of others and looks at
    the outputs of those that stayed. Batch norm mixes in training mode by design, and without running statistics
    always; minibatch statistics of a discriminator, experts with a capacity, graphs, and batches whose samples
    lie along another axis are not accused.
    """

    code = "TCK619"
    name = "batch-mixing"
    level = Level.ERROR
    why = "A sample is answered by what stands beside it by chance, and predictions change with the batch."
    help = "Keep axis 0 for the samples: `batch_first=True`, `permute` in place of `view`, means over `dim=1`."
    bad = (
        """\
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 16)  # takes axis 0 for the time
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def setup():
    torch.manual_seed(0)
    return Tagger(), (torch.randn(12, 7, 8), torch.arange(12) % 3), nn.CrossEntropyLoss()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(16, 32), nn.Linear(32, 1)

    def forward(self, x):
        x = (x - x.mean(dim=0)) / (x.std(dim=0) + 1e-5)
        return self.head(torch.tanh(self.body(x)))


def setup():
    torch.manual_seed(0)
    x = torch.randn(16, 16)
    return Net(), (x, x[:, :1].sin()), nn.MSELoss()
""",
    )
    good = (
        """\
import torch
from torch import nn


class Sets(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, x):  # (sets, members, features): members look at one another
        return self.head(self.attention(x, x, x, need_weights=False)[0].mean(dim=1))


def setup():
    torch.manual_seed(0)
    return Sets(), (torch.randn(12, 7, 8), torch.arange(12) % 3), nn.CrossEntropyLoss()
""",
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(512, 4))
    return model, (torch.randn(16, 1, 10, 10), torch.arange(16) % 4), nn.CrossEntropyLoss()
""",
    )

    def mixed(self, fact: SamplesMixed) -> Iterable[Found]:
        where = f", first in `{fact.module}` (`{fact.kind}`)" if fact.module else ""
        yield Found(
            message=f"{sentence(fact.model)} mixes samples: outputs move by {100 * fact.effect:.2g} % of their spread "
            f"when other samples of the batch change{where}.",
            at=fact.place,
            help=_HELP.get(fact.kind or ""),
            module=fact.module or None,
            evidence={"effect": fact.effect},
        )


_FIRST = "It takes axis 0 for the time: build it with `batch_first=True`, or hand it (time, batch, features)."
_HELP = dict.fromkeys(("LSTM", "GRU", "RNN", "MultiheadAttention", "TransformerEncoderLayer"), _FIRST)
