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
