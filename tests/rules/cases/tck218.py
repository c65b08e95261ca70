"""TCK218 zero-grad-every-micro-batch."""

_HEAD = """\
import torch
from torch import nn
model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
"""

BAD = {
    "at the top": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    optimizer.zero_grad()  # <-
    loss = criterion(model(x), y) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
""",
    "between forward and backward": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / 4
    optimizer.zero_grad()  # <-
    loss.backward()
    if i % 4 == 3:
        optimizer.step()
        scheduler.step()
""",
    "at the bottom, outside the if": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / k
    loss.backward()
    if (i + 1) % k == 0:
        optimizer.step()
    optimizer.zero_grad()  # <-
""",
    "by the model": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    model.zero_grad()  # <-
    loss = criterion(model(x), y) / k
    loss.backward()
    if (i + 1) % k == 0:
        optimizer.step()
""",
    "a trainer with a scaler": """\
import torch
class Trainer:
    def __init__(self, model, accum):
        self.model = model
        self.accum = accum
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        self.scaler = torch.amp.GradScaler("cuda")
    def train(self, loader):
        for step, (x, y) in enumerate(loader):
            self.optimizer.zero_grad(set_to_none=True)  # <-
            loss = torch.nn.functional.mse_loss(self.model(x), y) / self.accum
            self.scaler.scale(loss).backward()
            if (step + 1) % self.accum == 0:
                self.scaler.step(self.optimizer)
                self.scaler.update()
""",
    "a function": """\
def train(model, loader, optimizer, criterion, accum_steps):
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()  # <-
        loss = criterion(model(x), y) / accum_steps
        loss.backward()
        if (i + 1) % accum_steps == 0 or i + 1 == len(loader):
            optimizer.step()
""",
    "an inner loop": _HEAD
    + """\
for step in range(1000):
    for micro in range(accumulation_steps):
        optimizer.zero_grad()  # <-
        x, y = next(batches)
        loss = criterion(model(x), y) / accumulation_steps
        loss.backward()
    optimizer.step()
""",
    "an inner loop over micro-batches": _HEAD
    + """\
for x, y in loader:
    for micro_batch in x.split(8):
        optimizer.zero_grad()  # <-
        loss = model(micro_batch).mean()
        loss.backward()
    optimizer.step()
""",
    "a counter": _HEAD
    + """\
done = 0
for x, y in loader:
    optimizer.zero_grad()  # <-
    loss = criterion(model(x), y) / accumulation_steps
    loss.backward()
    done += 1
    if done == accumulation_steps:
        optimizer.step()
        done = 0
""",
}

GOOD = {
    "cleared after the step": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / k
    loss.backward()
    if (i + 1) % k == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "cleared every k turns at the top": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    if i % k == 0:
        optimizer.zero_grad()
    loss = criterion(model(x), y) / k
    loss.backward()
    if (i + 1) % k == 0:
        optimizer.step()
""",
    "a generator that learns now and then": """\
import torch
G, D = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
opt_g = torch.optim.Adam(G.parameters(), lr=1e-4)
opt_d = torch.optim.Adam(D.parameters(), lr=1e-4)
for i, real in enumerate(loader):
    opt_d.zero_grad()
    fake = G(torch.randn(8, 2))
    d_loss = D(fake.detach()).mean() - D(real).mean()
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    if i % 5 == 0:
        g_loss = -D(G(torch.randn(8, 2))).mean()
        g_loss.backward()
        opt_g.step()
""",
    "two optimizers take turns": """\
import torch
net = torch.nn.Linear(2, 2)
a = torch.optim.SGD(net.parameters(), lr=0.1)
b = torch.optim.Adam(net.parameters(), lr=0.1)
for i, x in enumerate(loader):
    net.zero_grad()
    net(x).pow(2).mean().backward()
    if i % 2 == 0:
        a.step()
    else:
        b.step()
""",
    "an attack before the step": _HEAD
    + """\
for x, y in loader:
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(x + delta), y)
        loss.backward()
        delta.data = (delta + 0.01 * delta.grad.sign()).clamp(-0.1, 0.1)
        delta.grad.zero_()
    optimizer.zero_grad()
    loss = criterion(model(x + delta), y)
    loss.backward()
    optimizer.step()
""",
    "a loop over networks": """\
import torch
nets = [torch.nn.Linear(2, 2) for _ in range(3)]
opts = [torch.optim.SGD(net.parameters(), lr=0.1) for net in nets]
for x in loader:
    for net, opt in zip(nets, opts):
        opt.zero_grad()
        net(x).pow(2).mean().backward()
    for opt in opts:
        opt.step()
""",
    "a loop over networks that are not known": """\
def train(nets, opts, loader):
    for x in loader:
        for net, opt in zip(nets, opts):
            opt.zero_grad()
            net(x).pow(2).mean().backward()
        for opt in opts:
            opt.step()
""",
    "cleared once before an inner loop": _HEAD
    + """\
for step in range(1000):
    optimizer.zero_grad()
    for micro in range(k):
        x, y = next(batches)
        loss = criterion(model(x), y) / k
        loss.backward()
    optimizer.step()
""",
    "cleared and stepped every turn": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    if i % 100 == 0:
        print(loss.item())
""",
    "gradients kept aside": _HEAD
    + """\
kept = []
for i, (x, y) in enumerate(loader):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    kept.append(model.weight.grad.clone())
    if (i + 1) % k == 0:
        model.weight.grad = torch.stack(kept).mean(0)
        optimizer.step()
        kept = []
""",
}
