"""TCK115: padding that is learned as a class."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.padding import PaddingCounted
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_BATCHES = 2
"""Sampled batches in which it must be so: one may happen to end in ids of the padding."""


class PaddingInLoss(Rule):
    """A loss over sequences counts the positions that only fill up the batch.

    Seen where an embedding names its padding (`padding_idx`), the ends of several sequences are padding, and each of
    these positions has the same class as its target, which the loss does not ignore. Targets of -100, `ignore_index`,
    a class weight of zero, losses that are masked by hand (`reduction="none"`), and positions that are left out before
    the loss are right.
    """

    code = "TCK115"
    name = "padding-in-loss"
    level = Level.WARNING
    why = "The model learns to predict padding, the easiest class of all, and the loss looks lower than it is."
    help = "Give the loss `ignore_index`, the class of the padding, or make those targets -100."
    bad = (
        """\
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16, padding_idx=0)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 20)

    def forward(self, ids):
        return self.head(self.rnn(self.embed(ids))[0])


torch.manual_seed(0)
model = LanguageModel()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for step in range(12):
    ids = pad_sequence([torch.randint(1, 20, (n,)) for n in (4, 7, 9, 9)], batch_first=True)
    logits = model(ids[:, :-1])
    loss = criterion(logits.reshape(-1, 20), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
words, tagger = nn.Embedding(30, 16, padding_idx=0), nn.Linear(16, 5)
optimizer = torch.optim.SGD([*words.parameters(), *tagger.parameters()], lr=0.1)
for step in range(12):
    ids = torch.randint(1, 30, (4, 8))
    ids[0, 5:] = ids[2, 3:] = 0
    tags = ids % 5
    loss = F.cross_entropy(tagger(words(ids)).flatten(0, 1), tags.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
embed, rnn, head = nn.Embedding(20, 16, padding_idx=0), nn.GRU(16, 32, batch_first=True), nn.Linear(32, 20)
criterion = nn.CrossEntropyLoss(ignore_index=0)
optimizer = torch.optim.Adam([p for m in (embed, rnn, head) for p in m.parameters()], lr=0.003)
for step in range(12):
    ids = pad_sequence([torch.randint(1, 20, (n,)) for n in (4, 7, 9, 9)], batch_first=True)
    logits = head(rnn(embed(ids[:, :-1]))[0])
    loss = criterion(logits.reshape(-1, 20), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
words, tagger = nn.Embedding(30, 16, padding_idx=0), nn.Linear(16, 5)
optimizer = torch.optim.SGD([*words.parameters(), *tagger.parameters()], lr=0.1)
for step in range(12):
    ids = torch.randint(1, 30, (4, 8))
    ids[0, 5:] = ids[2, 3:] = 0
    mask = ids != 0
    losses = F.cross_entropy(tagger(words(ids)).transpose(1, 2), ids % 5, reduction="none")
    optimizer.zero_grad()
    ((losses * mask).sum() / mask.sum()).backward()
    optimizer.step()
""",
    )

    def padding(self, fact: PaddingCounted) -> Iterable[Found]:
        if fact.batches == _BATCHES:
            yield Found(
                message=(
                    f"`{fact.spelling}` counts the padding: {fact.padded} of the {fact.counted} targets of this batch "
                    f"stand where the input is padding (id {fact.padding}), all of them with class {fact.label}."
                ),
                at=fact.place,
                help=f"Give the loss `ignore_index={fact.label}`, or make these targets -100 if the class "
                f"{fact.label} has another use.",
                step=fact.step,
                evidence={"padded": fact.padded, "counted": fact.counted, "label": fact.label},
            )
