"""Runs of zero-learning-rate."""

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
    "zero from the start": _HEAD.replace("lr=0.05", "lr=0.0").replace("momentum=0.9)", "momentum=0.9)  # <-")
    + _LOOP
    + _OVER
    + _BATCH,
    "a factor of zero": _HEAD
    + "scheduler = StepLR(optimizer, step_size=1, gamma=0)  # <-\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step()\n",
    "a lambda that is zero at once": _HEAD.replace("momentum=0.9)", "momentum=0.9)  # <-")
    + "scheduler = LambdaLR(optimizer, lambda epoch: 1 - min(epoch, 1))\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step()\n",
    "set by hand": """\
import torch
from torch import nn

net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)  # <-
for step in range(20):
    opt.param_groups[0]["lr"] = 1e-3 * (1 - step // 10) if step < 12 else 0.0
    loss = nn.functional.mse_loss(net(torch.randn(8, 2, 8)), torch.randn(8, 1))
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
}

GOOD = {
    "a warm-up from zero": _HEAD
    + "scheduler = LambdaLR(optimizer, lambda step: min(1.0, step / 5))\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "        scheduler.step()\n",
    "a decay to zero at the end": _HEAD
    + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(loader))\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "        scheduler.step()\n",
    "one group of two stands still": _HEAD.replace(
        "model.parameters(), lr=0.05",
        "[{'params': model[0].parameters(), 'lr': 0.0}, {'params': model[2].parameters()}], lr=0.05",
    )
    + _LOOP
    + _OVER
    + _BATCH,
    "a factor of one": _HEAD
    + "scheduler = StepLR(optimizer, step_size=1, gamma=1)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step()\n",
}
