"""TCK210 clip-out-of-order."""

_HEAD = """\
import torch
from torch import nn
model = nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
"""

BAD = {
    "after the step": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
""",
    "before the backward": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    loss.backward()
    optimizer.step()
""",
    "after the step, cleared then": _HEAD
    + """\
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    nn.utils.clip_grad_value_(model.parameters(), 0.5)  # <-
    optimizer.zero_grad()
""",
    "under a flag": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    if args.clip is not None:
        nn.utils.clip_grad_norm_(model.parameters(), args.clip)  # <-
""",
    "a trainer": """\
import torch
class Trainer:
    def __init__(self, net):
        self.net = net
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)
    def step(self, x, y):
        loss = torch.nn.functional.mse_loss(self.net(x), y)
        self.opt.zero_grad()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)  # <-
        loss.backward()
        self.opt.step()
        return loss.item()
    def fit(self, loader):
        for x, y in loader:
            self.step(x, y)
""",
    "a function with everything given": """\
import torch
def train(model, loader, optimizer, criterion, clip):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)  # <-
""",
    "through a scaler": _HEAD
    + """\
scaler = torch.amp.GradScaler("cuda")
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    scaler.step(optimizer)
    scaler.update()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
""",
    "cleared at the end, clipped at the start": _HEAD
    + """\
for x, y in loader:
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
""",
    "Accelerate": """\
from accelerate import Accelerator
accelerator = Accelerator()
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
for x in loader:
    optimizer.zero_grad()
    loss = model(x).mean()
    accelerator.backward(loss)
    optimizer.step()
    accelerator.clip_grad_norm_(model.parameters(), 1.0)  # <-
""",
    "every micro-batch": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / 4
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "every micro-batch of an inner loop": _HEAD
    + """\
for step in range(1000):
    optimizer.zero_grad()
    for micro in range(accum):
        x, y = next(batches)
        (criterion(model(x), y) / accum).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    optimizer.step()
""",
}

GOOD = {
    "between backward and step": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    "once for the sum": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
""",
    "under two ifs that come round together": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / k
    loss.backward()
    if (i + 1) % k == 0:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    if (i + 1) % k == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "an infinite limit measures what is left": _HEAD
    + """\
import math
for x, y in loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    norm = nn.utils.clip_grad_norm_(model.parameters(), math.inf)
    print(norm)
""",
    "the other network's gradients": """\
import torch
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
opt_one = torch.optim.SGD(one.parameters(), lr=0.1)
opt_two = torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    opt_one.zero_grad()
    opt_two.zero_grad()
    one(x).pow(2).mean().backward()
    two(x).pow(2).mean().backward()
    torch.nn.utils.clip_grad_norm_(one.parameters(), 1.0)
    opt_one.step()
    torch.nn.utils.clip_grad_norm_(two.parameters(), 1.0)
    opt_two.step()
""",
    "weights are clipped, not gradients": """\
import torch
critic = torch.nn.Linear(2, 1)
optimizer = torch.optim.RMSprop(critic.parameters(), lr=5e-5)
for x in loader:
    optimizer.zero_grad()
    critic(x).mean().backward()
    optimizer.step()
    for p in critic.parameters():
        p.data.clamp_(-0.01, 0.01)
""",
    "the backward is in a helper that is not seen": _HEAD
    + """\
from engine import backward_pass
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    backward_pass(loss, optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    "in a closure": """\
import torch
net = torch.nn.Linear(2, 2)
optimizer = torch.optim.LBFGS(net.parameters())
def closure():
    optimizer.zero_grad()
    loss = net(x).pow(2).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    return loss
for x in loader:
    optimizer.step(closure)
""",
    "clipped by a function that is then followed by the step": """\
import torch
def clip(model, limit):
    torch.nn.utils.clip_grad_norm_(model.parameters(), limit)
def train(model, loader, optimizer):
    for x in loader:
        optimizer.zero_grad()
        model(x).mean().backward()
        clip(model, 1.0)
        optimizer.step()
""",
}
