"""Runs of scheduler-never-stepped."""

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
    "built and forgotten": _HEAD + "scheduler = StepLR(optimizer, 2)  # <-\n" + _LOOP + _OVER + _BATCH,
    "its rate is only printed": _HEAD
    + "scheduler = CosineAnnealingLR(optimizer, T_max=epochs)  # <-\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    print(scheduler.get_last_lr())\n",
    "an attribute of a trainer": """\
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.net = nn.Linear(4, 1)
        self.opt = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        self.plan = torch.optim.lr_scheduler.ReduceLROnPlateau(self.opt, patience=2)  # <-

    def fit(self):
        for _ in range(20):
            loss = nn.functional.mse_loss(self.net(torch.randn(8, 4)), torch.randn(8, 1))
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()

Trainer().fit()
""",
    "one for each of two optimizers": """\
import torch
from torch import nn

encoder, decoder = nn.Linear(6, 3), nn.Linear(3, 6)
opt_e, opt_d = torch.optim.SGD(encoder.parameters(), lr=0.01), torch.optim.SGD(decoder.parameters(), lr=0.01)
plan_e = torch.optim.lr_scheduler.ExponentialLR(opt_e, 0.99)
plan_d = torch.optim.lr_scheduler.ExponentialLR(opt_d, 0.99)  # <-
for _ in range(20):
    x = torch.randn(16, 6)
    loss = nn.functional.mse_loss(decoder(torch.tanh(encoder(x))), x)
    opt_e.zero_grad()
    opt_d.zero_grad()
    loss.backward()
    opt_e.step()
    opt_d.step()
    plan_e.step()
""",
}

GOOD = {
    "stepped": _HEAD + "scheduler = StepLR(optimizer, 2)\n" + _LOOP + _OVER + _BATCH + "    scheduler.step()\n",
    "parts of another": _HEAD
    + "first, second = ConstantLR(optimizer, 0.5, 2), ExponentialLR(optimizer, 0.9)\nscheduler = SequentialLR(optimizer, [first, second], [2])\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    scheduler.step()\n",
    "not yet: its time comes later": _HEAD
    + "scheduler = StepLR(optimizer, 2)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    if epoch > 30:\n        scheduler.step()\n",
    "nothing was trained": _HEAD + "scheduler = StepLR(optimizer, 2)\nprint(scheduler.get_last_lr())\n",
    "two that take turns": _HEAD
    + "warm, cool = LinearLR(optimizer, total_iters=10), ExponentialLR(optimizer, 0.9)\n"
    + _LOOP
    + _OVER
    + _BATCH
    + "    (warm if epoch < 10 else cool).step()\n",
}
