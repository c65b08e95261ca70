"""TCK221 scaler-bypassed."""

_HEAD = """\
import torch
from torch import nn
from torch.amp import GradScaler, autocast
model = nn.Linear(2, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
scaler = GradScaler()
"""

BAD = {
    "stepped directly": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    with autocast():
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()
    optimizer.step()  # <-
    scaler.update()
""",
    "stepped directly as well": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.step(optimizer)
    scaler.update()
    optimizer.step()  # <-
""",
    "never updated": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.step(optimizer)  # <-
""",
    "updated twice": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.step(optimizer)
    scaler.update()
    scaler.update()  # <-
""",
    "not scaled": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    with autocast():
        loss = criterion(model(x), y)
    loss.backward()  # <-
    scaler.step(optimizer)
    scaler.update()
""",
    "a trainer that steps directly": """\
import torch
class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        self.scaler = torch.amp.GradScaler("cuda")
    def train(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(self.model(x), y)
            self.scaler.scale(loss).backward()
            self.optimizer.step()  # <-
            self.scaler.update()
""",
    "arguments of a function, never updated": """\
def train(model, loader, optimizer, scaler, criterion):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        scaler.step(optimizer)  # <-
""",
    "accumulation, updated every turn and after the step": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    scaler.scale(criterion(model(x), y) / 4).backward()
    if (i + 1) % 4 == 0:
        scaler.step(optimizer)
        scaler.update()
        scaler.update()  # <-
        optimizer.zero_grad()
""",
    "a loss that is not scaled, in a function": """\
import torch.nn.functional as F
def train(model, loader, optimizer, scaler):
    for x, y in loader:
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()  # <-
        scaler.step(optimizer)
        scaler.update()
""",
}

GOOD = {
    "all of it": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.step(optimizer)
    scaler.update()
""",
    "two ways under one flag": """\
def train(model, loader, optimizer, scaler, amp, criterion):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        if amp:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        else:
            loss.backward()
            optimizer.step()
""",
    "two ways under flags in other words": """\
def train(model, loader, optimizer, scaler, args, criterion):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        if scaler is not None:
            scaler.scale(loss).backward()
        else:
            loss.backward()
        if args.amp:
            scaler.step(optimizer)
            scaler.update()
        else:
            optimizer.step()
""",
    "a scaler that may be off": """\
import torch
def train(model, loader, optimizer, amp, criterion):
    scaler = torch.amp.GradScaler("cuda", enabled=amp)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        if amp:
            scaler.scale(loss).backward()
        else:
            loss.backward()
        scaler.step(optimizer)
        scaler.update()
""",
    "one update for two optimizers": """\
import torch
scaler = torch.amp.GradScaler("cuda")
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
first, second = torch.optim.SGD(one.parameters(), lr=0.1), torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    first.zero_grad()
    scaler.scale(one(x).mean()).backward()
    scaler.step(first)
    second.zero_grad()
    scaler.scale(two(x).mean()).backward()
    scaler.step(second)
    scaler.update()
""",
    "an update after each optimizer's step": """\
import torch
scaler = torch.amp.GradScaler("cuda")
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
first, second = torch.optim.SGD(one.parameters(), lr=0.1), torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    first.zero_grad()
    scaler.scale(one(x).mean()).backward()
    scaler.step(first)
    scaler.update()
    second.zero_grad()
    scaler.scale(two(x).mean()).backward()
    scaler.step(second)
    scaler.update()
""",
    "a scaler for each optimizer": """\
import torch
scaler_one, scaler_two = torch.amp.GradScaler("cuda"), torch.amp.GradScaler("cuda")
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
first, second = torch.optim.SGD(one.parameters(), lr=0.1), torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    first.zero_grad()
    second.zero_grad()
    scaler_one.scale(one(x).mean()).backward()
    scaler_one.step(first)
    scaler_two.scale(two(x).mean()).backward()
    scaler_two.step(second)
    scaler_one.update()
    scaler_two.update()
""",
    "only one of two models is scaled": """\
import torch
scaler = torch.amp.GradScaler("cuda")
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
first, second = torch.optim.SGD(one.parameters(), lr=0.1), torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    first.zero_grad()
    second.zero_grad()
    scaler.scale(one(x).mean()).backward()
    scaler.step(first)
    scaler.update()
    two(x).mean().backward()
    second.step()
""",
    "unscaled before a step without the scaler": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.unscale_(optimizer)
    if all(p.grad.isfinite().all() for p in model.parameters()):
        optimizer.step()
    scaler.update()
""",
    "updated by a helper that is not seen": _HEAD
    + """\
from helpers import adjust
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.step(optimizer)
    adjust(scaler)
""",
    "the features' scaler is another thing": """\
import torch
from sklearn.preprocessing import StandardScaler
scaler = StandardScaler()
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.from_numpy(scaler.fit_transform(data)).float()
for _ in range(10):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
}
