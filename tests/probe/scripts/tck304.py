"""Runs of scheduler-before-optimizer."""

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
    "at the top of each epoch": _HEAD
    + "scheduler = StepLR(optimizer, 2)\n"
    + _LOOP
    + "    scheduler.step()  # <-\n"
    + _OVER
    + _BATCH,
    "ahead of the step in each batch": _HEAD
    + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(loader))\n"
    + _LOOP
    + _OVER
    + _BATCH.replace("        optimizer.step()\n", "        scheduler.step()  # <-\n        optimizer.step()\n"),
    "in a method": """\
import torch
from torch import nn

class Run:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=1e-3)
        self.sched = torch.optim.lr_scheduler.ExponentialLR(self.opt, 0.9)

    def epoch(self):
        self.sched.step()  # <-
        for _ in range(4):
            loss = nn.functional.mse_loss(self.net(torch.randn(8, 4)), torch.randn(8, 1))
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()

run = Run()
for _ in range(3):
    run.epoch()
""",
    "a lambda of the epoch": _HEAD
    + "scheduler = LambdaLR(optimizer, lambda epoch: 0.9**epoch)\n"
    + _LOOP
    + "    scheduler.step()  # <-\n    print(scheduler.get_last_lr())\n"
    + _OVER
    + _BATCH,
}

GOOD = {
    "after the epoch": _HEAD + "scheduler = StepLR(optimizer, 2)\n" + _LOOP + _OVER + _BATCH + "    scheduler.step()\n",
    "not in the first epoch": _HEAD
    + "scheduler = StepLR(optimizer, 2)\n"
    + _LOOP
    + "    if epoch > 0:\n        scheduler.step()\n"
    + _OVER
    + _BATCH,
    "moved on ahead of the loop, to resume": _HEAD
    + "scheduler = StepLR(optimizer, 2)\nfor _ in range(3):\n    scheduler.step()\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step()\n",
    "the first step is held back by a scaler": _HEAD
    + """\
scheduler = LinearLR(optimizer, total_iters=16)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**120)
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(F.cross_entropy(model(x), y)).backward()
    scaler.step(optimizer)
    scaler.update()
    scheduler.step()
""",
}
