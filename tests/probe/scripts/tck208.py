"""Runs of graph-kept-in-history."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
"""
_STEP = """\
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
"""

BAD = {
    "a running sum in each epoch": _HEAD
    + "for epoch in range(2):\n    total_loss = 0.0\n    for x, y in loader:\n"
    + _STEP
    + "        total_loss += loss  # <-\n    print(float(total_loss) / len(loader))\n",
    "a list in a function": _HEAD
    + "def train():\n    losses = []\n    for x, y in loader:\n"
    + _STEP
    + "        losses.append(loss)  # <-\n    return sum(losses)\nprint(train())\n",
    "a dictionary of histories, and a divided loss": _HEAD
    + """\
history = {"train": [], "val": []}
for step in range(12):
    x, y = torch.randn(8, 8), torch.randint(0, 3, (8,))
    loss = F.cross_entropy(model(x), y)
    (loss / 2).backward()
    optimizer.step()
    optimizer.zero_grad()
    history["train"].append(loss)  # <-
""",
    "an attribute of a trainer": """\
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.running = 0

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = nn.functional.mse_loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        self.running = self.running + loss  # <-

trainer = Trainer()
for _ in range(12):
    trainer.step(torch.randn(8, 4), torch.randn(8, 1))
""",
    "a meter that is given the loss itself": """\
import torch
from torch import nn

class AverageMeter:
    def __init__(self):
        self.sum, self.count = 0.0, 0

    def update(self, value, n):
        self.sum += value * n  # <-
        self.count += n

net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
meter = AverageMeter()
for _ in range(12):
    x, y = torch.randn(8, 2, 8), torch.randn(8, 1)
    loss = nn.functional.l1_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    meter.update(loss, len(x))
""",
}

GOOD = {
    "the number is collected": _HEAD
    + "total, history = 0.0, []\nfor epoch in range(2):\n    for x, y in loader:\n"
    + _STEP
    + "        total += loss.item()\n        history.append(loss.detach())\n",
    "the best loss and the last one": _HEAD
    + "best = previous = None\nfor epoch in range(2):\n    for x, y in loader:\n"
    + _STEP
    + "        best = loss if best is None or loss < best else best\n        previous = loss\n",
    "a sum over time that is learned from": """\
import torch
from torch import nn

cell, head = nn.GRUCell(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=1e-3)
for _ in range(8):
    state, losses = torch.zeros(16, 8), []
    for t in range(5):
        state = cell(torch.randn(16, 4), state)
        losses.append(nn.functional.mse_loss(head(state), torch.randn(16, 1)))
    optimizer.zero_grad()
    sum(losses).backward()
    optimizer.step()
""",
    "rewards and log-probabilities of an episode": """\
import torch
from torch import nn
from torch.distributions import Categorical

policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for episode in range(8):
    log_probs, rewards = [], []
    for t in range(6):
        choice = Categorical(logits=policy(torch.randn(4)))
        action = choice.sample()
        log_probs.append(choice.log_prob(action))
        rewards.append(float(action))
    optimizer.zero_grad()
    loss = -(torch.stack(log_probs) * torch.tensor(rewards)).sum()
    loss.backward()
    optimizer.step()
""",
    "a window of tensors without graphs": _HEAD
    + "from collections import deque\nwindow = deque(maxlen=5)\nfor epoch in range(2):\n    for x, y in loader:\n"
    + _STEP
    + "        with torch.no_grad():\n            window.append(loss.clone())\n",
}
