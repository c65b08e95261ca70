"""Runs of plateau-mode-mismatch."""

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
    "an accuracy with the default": _HEAD
    + "scheduler = ReduceLROnPlateau(optimizer)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    accuracy = 0.5\n    scheduler.step(accuracy)  # <-\n",
    "a loss with max": _HEAD
    + "scheduler = ReduceLROnPlateau(optimizer, mode='max')\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    val_loss = loss.item()\n    scheduler.step(val_loss)  # <-\n",
    "an attribute": _HEAD
    + "class State:\n    best_f1 = 0.3\nstate = State()\nscheduler = ReduceLROnPlateau(optimizer, patience=1)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step(state.best_f1)  # <-\n",
    "in a function": _HEAD
    + "def finish(plan, val_auc):\n    plan.step(val_auc)  # <-\nscheduler = ReduceLROnPlateau(optimizer, 'min', 0.5)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    finish(scheduler, 0.5 + 0.01 * epoch)\n",
}

GOOD = {
    "a loss with the default": _HEAD
    + "scheduler = ReduceLROnPlateau(optimizer)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step(loss.item())\n",
    "an accuracy with max": _HEAD
    + "scheduler = ReduceLROnPlateau(optimizer, 'max')\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    accuracy = 0.5\n    scheduler.step(accuracy)\n",
    "a negated accuracy": _HEAD
    + "scheduler = ReduceLROnPlateau(optimizer)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    accuracy = 0.5\n    scheduler.step(-accuracy)\n",
    "a name that says nothing": _HEAD
    + "scheduler = ReduceLROnPlateau(optimizer, 'max')\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    metric = loss.item()\n    scheduler.step(metric)\n",
}
