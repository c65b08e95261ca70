"""Runs of scheduler-wrong-unit."""

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

_PER_BATCH = _LOOP + _OVER + _BATCH + "        scheduler.step()  # <-\n"
_PER_EPOCH = _LOOP + _OVER + _BATCH + "    scheduler.step()  # <-\n"

BAD = {
    "epochs, stepped once a batch": _HEAD + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs)\n" + _PER_BATCH,
    "the same as a plain number": _HEAD + "scheduler = CosineAnnealingLR(optimizer, 4)\n" + _PER_BATCH,
    "batches, stepped once an epoch": _HEAD
    + "scheduler = OneCycleLR(optimizer, max_lr=0.1, epochs=epochs, steps_per_epoch=len(loader))\n"
    + _PER_EPOCH,
    "batches, in a name that says nothing": _HEAD
    + "n = len(loader) * epochs\nscheduler = LinearLR(optimizer, 1.0, 0.1, n)\n"
    + _PER_EPOCH,
}

GOOD = {
    "epochs once an epoch": _HEAD
    + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step()\n",
    "batches once a batch": _HEAD
    + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(loader))\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "        scheduler.step()\n",
    "a short cycle on purpose": _HEAD
    + "epochs = 8\nscheduler = CosineAnnealingLR(optimizer, T_max=10)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "        scheduler.step()\n",
    "a warm-up of some batches": _HEAD
    + "scheduler = LinearLR(optimizer, 0.1, 1.0, total_iters=5)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "        scheduler.step()\n",
    "an epoch is one batch": _HEAD.replace("batch_size=16", "batch_size=64")
    + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "        scheduler.step()\n",
}
