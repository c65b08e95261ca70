"""Runs of padding-in-loss."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

def sentences(first=False):
    lengths = torch.randint(4, 10, (6,)).tolist()
    return pad_sequence([torch.randint(1, 20, (n,)) for n in lengths], batch_first=not first)
"""
_MODEL = """\
class Model(nn.Module):
    def __init__(self, classes=20, first=False):
        super().__init__()
        self.embed = nn.Embedding(20, 16, padding_idx=0)
        self.rnn = nn.LSTM(16, 24, batch_first=not first)
        self.head = nn.Linear(24, classes)

    def forward(self, ids):
        return self.head(self.rnn(self.embed(ids))[0])
"""
_STEP = """\
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
_LM = _HEAD + _MODEL + "model = Model()\noptimizer = torch.optim.Adam(model.parameters(), lr=1e-3)\n"

BAD = {
    "a language model": _LM
    + """\
criterion = nn.CrossEntropyLoss()
for step in range(12):
    ids = sentences()
    loss = criterion(model(ids[:, :-1]).reshape(-1, 20), ids[:, 1:].reshape(-1))  # <-
"""
    + _STEP,
    "time first": _HEAD
    + _MODEL
    + """\
model = Model(first=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(12):
    ids = sentences(first=True)
    loss = F.cross_entropy(model(ids[:-1]).flatten(0, 1), ids[1:].flatten())  # <-
"""
    + _STEP,
    "tags of words": _HEAD
    + _MODEL
    + """\
class Tagger:
    def __init__(self):
        self.model, self.loss = Model(classes=5), nn.CrossEntropyLoss(label_smoothing=0.1)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3)

    def fit(self, steps):
        for step in range(steps):
            ids = sentences()
            self.optimizer.zero_grad()
            loss = self.loss(self.model(ids).transpose(1, 2), (ids + 1) // 2 % 5)  # <-
            loss.backward()
            self.optimizer.step()

Tagger().fit(12)
""",
    "translation with log-probabilities": _HEAD
    + """\
class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(20, 16, padding_idx=0), nn.Embedding(20, 16, padding_idx=0)
        self.encoder, self.decoder = nn.GRU(16, 24, batch_first=True), nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, 20)

    def forward(self, source, target):
        state = self.encoder(self.source(source))[1]
        return self.head(self.decoder(self.target(target), state)[0]).log_softmax(-1)

model = Translator()
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
for step in range(12):
    source, target = sentences(), sentences()
    out = model(source, target[:, :-1])
    loss = F.nll_loss(out.reshape(-1, 20), target[:, 1:].reshape(-1))  # <-
"""
    + _STEP,
}

GOOD = {
    "ignored": _LM
    + """\
criterion = nn.CrossEntropyLoss(ignore_index=0)
for step in range(12):
    ids = sentences()
    loss = criterion(model(ids[:, :-1]).reshape(-1, 20), ids[:, 1:].reshape(-1))
"""
    + _STEP,
    "made -100": _LM
    + """\
for step in range(12):
    ids = sentences()
    labels = ids[:, 1:].masked_fill(ids[:, 1:] == 0, -100)
    loss = F.cross_entropy(model(ids[:, :-1]).transpose(1, 2), labels)
"""
    + _STEP,
    "weighed with zero": _LM
    + """\
weight = torch.ones(20)
weight[0] = 0
criterion = nn.CrossEntropyLoss(weight)
for step in range(12):
    ids = sentences()
    loss = criterion(model(ids[:, :-1]).reshape(-1, 20), ids[:, 1:].reshape(-1))
"""
    + _STEP,
    "left out": _LM
    + """\
for step in range(12):
    ids = sentences()
    known = ids[:, 1:] != 0
    loss = F.cross_entropy(model(ids[:, :-1])[known], ids[:, 1:][known])
"""
    + _STEP,
    "masked by hand": _LM
    + """\
for step in range(12):
    ids = sentences()
    mask = (ids[:, 1:] != 0).float()
    losses = F.cross_entropy(model(ids[:, :-1]).transpose(1, 2), ids[:, 1:], reduction="none")
    loss = (losses * mask).sum() / mask.sum()
"""
    + _STEP,
    "one label a sequence": _LM
    + """\
for step in range(12):
    ids = sentences()
    loss = F.cross_entropy(model(ids).mean(1), ids[:, 0])
"""
    + _STEP,
    "sequences of one length, in which 0 is a word": _LM
    + """\
for step in range(12):
    ids = torch.randint(0, 20, (6, 9))
    loss = F.cross_entropy(model(ids).transpose(1, 2), ids.flip(1))
"""
    + _STEP,
    "the end of a text is a word, and the padding is another": _LM.replace("padding_idx=0", "padding_idx=19")
    + """\
for step in range(12):
    ids = sentences()
    ids = torch.cat([ids.clamp(max=18), torch.full((6, 1), 0)], 1)
    loss = F.cross_entropy(model(ids[:, :-1]).transpose(1, 2), ids[:, 1:])
"""
    + _STEP,
}
