"""Runs of degenerate-batch."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 5))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
def learn(x, y):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
"""
_BAD = _HEAD.replace("F.cross_entropy(model(x), y).backward()", "F.cross_entropy(model(x), y).backward()  # <-")

BAD = {
    "sorted by class": _BAD + "for step in range(20):\n    learn(torch.randn(16, 12), torch.full((16,), step // 4))\n",
    "each batch another class": _BAD.replace("nn.Linear(16, 5)", "nn.Linear(16, 20)")
    + "for step in range(20):\n    learn(torch.randn(16, 12), torch.full((16,), step))\n",
    "an input of zeros": _BAD.replace("  # <-", "").replace("model(x), y).backward()", "model(x), y).backward()  # <-")
    + "for step in range(12):\n    learn(torch.zeros(16, 12), torch.randint(0, 5, (16,)))\n",
    "images that were wiped out": """\
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for step in range(12):
    images = torch.rand(8, 3, 8, 8).div(255).byte()
    loss = nn.functional.cross_entropy(net(images.float()), torch.randint(0, 3, (8,)))  # <-
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
}

GOOD = {
    "mixed labels": _HEAD + "for step in range(20):\n    learn(torch.randn(16, 12), torch.randint(0, 5, (16,)))\n",
    "the first candidate is the true one": _HEAD
    + "for step in range(20):\n    learn(torch.randn(16, 12), torch.zeros(16, dtype=torch.long))\n",
    "the label is the domain of the batch": _HEAD
    + "for step in range(20):\n    learn(torch.randn(16, 12), torch.full((16,), step % 2))\n",
    "small batches are alike by chance": _HEAD
    + "for step in range(20):\n    learn(torch.randn(2, 12), torch.randint(0, 5, (1,)).expand(2))\n",
    "a few batches are alike": _HEAD
    + "for step in range(20):\n    learn(torch.randn(16, 12), torch.randint(0, 5, (16,)) if step % 3 == 0 else torch.full((16,), 2))\n",
    "the first state of a cell": """\
import torch
from torch import nn

class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.inp, self.out = nn.Linear(16, 16), nn.Linear(6, 16), nn.Linear(16, 3)

    def forward(self, x):
        h = torch.zeros(x.size(0), 16)
        for t in range(x.size(1)):
            h = torch.tanh(self.hidden(h) + self.inp(x[:, t]))
        return self.out(h)

cell = Cell()
optimizer = torch.optim.Adam(cell.parameters(), lr=1e-3)
for _ in range(12):
    x = torch.randn(8, 5, 6)
    loss = nn.functional.cross_entropy(cell(x), torch.randint(0, 3, (8,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a first state and words, in layers without a model": """\
import torch
from torch import nn

words, recurrent, head = nn.Embedding(20, 16), nn.Linear(16, 16), nn.Linear(16, 20)
optimizer = torch.optim.SGD([p for m in (words, recurrent, head) for p in m.parameters()], lr=0.05)
for _ in range(12):
    ids = torch.randint(0, 20, (8, 6))
    h, loss = torch.zeros(8, 16), 0.0
    for t in range(5):
        h = torch.tanh(recurrent(h) + words(ids[:, t]))
        loss = loss + nn.functional.cross_entropy(head(h), ids[:, t + 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a query of ones beside an image": """\
import torch
from torch import nn

class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.head = nn.Linear(12, 12), nn.Conv1d(3, 12, 3), nn.Linear(12, 2)

    def forward(self, query, signal):
        keys = self.key(signal)
        weights = (self.query(query)[:, None] @ keys).softmax(-1)
        return self.head((weights * keys).sum(-1))

model = Pool()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(12):
    loss = nn.functional.cross_entropy(model(torch.ones(8, 12), torch.randn(8, 3, 20)), torch.randint(0, 2, (8,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a constant node feature of a graph": """\
import torch
from torch import nn

layer = nn.Linear(1, 8)
head = nn.Linear(8, 2)
optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=1e-3)
adjacency = torch.rand(10, 10).lt(0.3).float()
for _ in range(12):
    hidden = torch.relu(adjacency @ layer(torch.ones(10, 1)))
    loss = nn.functional.cross_entropy(head(hidden), torch.randint(0, 2, (10,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
}
