"""Runs of optimizer-rebuilt."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import *
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(64, 6), torch.randint(0, 3, (64,))), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
epochs = 4
"""
_BATCH = """\
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
"""
_LOOP = "for epoch in range(epochs):\n"
_OVER = "    for x, y in loader:\n"

BAD = {
    "in the loop over epochs": _HEAD
    + _LOOP
    + "    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # <-\n"
    + _OVER
    + _BATCH,
    "in the function that trains one epoch": _HEAD
    + """\
def train():
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)  # <-
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

for _ in range(epochs):
    train()
""",
    "for each batch": _HEAD
    + _LOOP
    + _OVER
    + "        optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)  # <-\n"
    + _BATCH,
    "without loaders": """\
import torch
from torch import nn

net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 1))
x, y = torch.randn(64, 2, 8), torch.randn(64, 1)
for epoch in range(5):
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3)  # <-
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
""",
}

GOOD = {
    "built once": _HEAD + _LOOP + _OVER + _BATCH,
    "folds with a model each": _HEAD
    + "for fold in range(4):\n    model = nn.Linear(6, 3)\n    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)\n"
    + _OVER
    + _BATCH,
    "folds that put the first weights back": _HEAD
    + "first = {k: v.clone() for k, v in model.state_dict().items()}\nfor fold in range(4):\n    model.load_state_dict(first)\n"
    + "    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)\n"
    + _OVER
    + _BATCH,
    "plain gradient descent remembers nothing": _HEAD
    + _LOOP
    + "    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)\n"
    + _OVER
    + _BATCH,
    "another rate for each stage": _HEAD
    + "for rate in (1e-2, 3e-3, 1e-3, 3e-4):\n    optimizer = torch.optim.Adam(model.parameters(), lr=rate)\n"
    + _OVER
    + _BATCH,
    "tasks of several epochs": _HEAD
    + """\
for task in range(4):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(3):
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x + task), y).backward()
            optimizer.step()
""",
}
