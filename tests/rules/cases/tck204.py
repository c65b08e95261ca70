"""TCK204 step-without-backward."""

_HEAD = """\
import torch
from torch import nn
model = nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
"""

_GAN = """\
import torch
import torch.nn as nn

netG, netD = nn.Linear(4, 2), nn.Linear(2, 1)
optG = torch.optim.Adam(netG.parameters(), lr=1e-4)
optD = torch.optim.Adam(netD.parameters(), lr=1e-4)
for iteration in range(30):
    optD.zero_grad()
    fake = netG(torch.randn(8, 4)).detach()
    cost_d = netD(fake).mean() - netD(torch.randn(8, 2)).mean()
    cost_d.backward()
    optD.step()
    optG.zero_grad()
    cost_g = -netD(netG(torch.randn(8, 4))).mean()
"""

BAD = {
    "the generator's is forgotten": _GAN + "    optG.step()  # <-\n",
    "forgotten": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    output = model(x)
    loss = criterion(output, y)
    optimizer.step()  # <-
""",
    "forgotten, with a report": _HEAD
    + """\
for epoch in range(100):
    running_loss = 0.0
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        optimizer.step()  # <-
        running_loss += loss.item()
        if i % 100 == 99:
            print(f"{epoch} {running_loss / 100:.3f}")
            running_loss = 0.0
""",
    "forgotten in a function": """\
def train(model, loader, optimizer, criterion, device):
    model.train()
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output, target)
        optimizer.step()  # <-
""",
    "forgotten in a class": """\
import torch
class Trainer:
    def __init__(self, model):
        self.model = model
        self.loss_fn = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    def fit(self, loader):
        losses = []
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = self.loss_fn(self.model(x), y)
            self.optimizer.step()  # <-
            losses.append(loss.item())
        return losses
""",
    "twice": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.step()  # <-
""",
    "again at the end of the turn": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    total += loss.item()
    optimizer.step()  # <-
""",
    "a helper steps, and its caller again": """\
import torch
def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
def train(model, loader, optimizer):
    for x in loader:
        loss = model(x).mean()
        update(optimizer, loss)
        optimizer.step()  # <-
""",
    "stepped per batch and per epoch by a scaler": _HEAD
    + """\
scaler = torch.amp.GradScaler("cuda")
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.step(optimizer)  # <-
    scaler.update()
""",
    "a critic with a gradient penalty, and data from a generator": """\
import torch
from torch import nn, autograd
def batches(size):
    while True:
        yield torch.randn(size, 2)
def penalty(critic, real, fake):
    mixed = (0.5 * real + 0.5 * fake).requires_grad_(True)
    gradient = autograd.grad(critic(mixed).sum(), mixed, create_graph=True)[0]
    return ((gradient.norm(2, dim=1) - 1) ** 2).mean()
maker, critic = nn.Linear(4, 2), nn.Linear(2, 1)
first = torch.optim.Adam(maker.parameters(), lr=1e-4)
second = torch.optim.Adam(critic.parameters(), lr=1e-4)
data = batches(64)
for step in range(1000):
    real = next(data)
    fake = maker(torch.randn(64, 4)).detach()
    second.zero_grad()
    cost = critic(fake).mean() - critic(real).mean() + 10 * penalty(critic, real, fake)
    cost.backward()
    second.step()
    first.zero_grad()
    loss = -critic(maker(torch.randn(64, 4))).mean()
    first.step()  # <-
""",
}

GOOD = {
    "each of two optimizers has its own": _GAN + "    cost_g.backward()\n    optG.step()\n",
    "its layer was replaced, which is another mistake": """\
import torch
import torch.nn as nn

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(net[2].parameters(), lr=0.1)
net[2] = nn.Linear(8, 3)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
    "a helper computes the second's": _GAN + "    learn(cost_g)\n    optG.step()\n",
    "one backward for two optimizers": """\
import torch
import torch.nn as nn

body, head = nn.Linear(4, 2), nn.Linear(2, 1)
first = torch.optim.Adam(body.parameters(), lr=1e-4)
second = torch.optim.Adam(head.parameters(), lr=1e-4)
for x, y in loader:
    first.zero_grad()
    second.zero_grad()
    nn.functional.mse_loss(head(body(x)), y).backward()
    first.step()
    second.step()
""",
    "a backward": _HEAD
    + "for x, y in loader:\n    optimizer.zero_grad()\n    loss = criterion(model(x), y)\n    loss.backward()\n    optimizer.step()\n",
    "a closure": _HEAD
    + """\
def closure():
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    return loss
for x, y in loader:
    optimizer.step(closure)
""",
    "a closure that is given": """\
def train(loader, optimizer, make_closure, criterion):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(x, y)
        optimizer.step(make_closure(x, y))
""",
    "a helper that is not seen": _HEAD
    + """\
from helpers import backpropagate
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    backpropagate(loss)
    optimizer.step()
""",
    "a helper that is given the model": _HEAD
    + """\
from private import clip_and_noise
for x, y in loader:
    optimizer.zero_grad()
    loss = 0.0
    loss = clip_and_noise(model, x, y)
    optimizer.step()
""",
    "Accelerate computes the gradients": """\
from accelerate import Accelerator
accelerator = Accelerator()
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    accelerator.backward(loss)
    optimizer.step()
""",
    "gradients written by hand": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    grads = torch.autograd.grad(loss, list(model.parameters()))
    for p, g in zip(model.parameters(), grads):
        p.grad = g
    optimizer.step()
""",
    "what a schedule looks like": _HEAD
    + """\
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)
for epoch in range(100):
    optimizer.zero_grad()
    optimizer.step()
    print(scheduler.get_last_lr())
    scheduler.step()
""",
    "either way of stepping, never both": """\
def train(model, loader, optimizer, scaler, kind):
    for x in loader:
        optimizer.zero_grad()
        loss = model(x).mean()
        loss.backward()
        if kind == "plain":
            optimizer.step()
        if kind == "clipped":
            clip(model)
            optimizer.step()
""",
    "a framework takes the loss": """\
import lightning as L
class Module(L.LightningModule):
    def training_step(self, batch):
        optimizer = self.optimizers()
        optimizer.zero_grad()
        loss = self.net(batch).mean()
        self.manual_backward(loss)
        optimizer.step()
""",
    "evolution strategies": _HEAD
    + """\
for generation in range(100):
    optimizer.zero_grad()
    loss = fitness(model)
    estimate = torch.randn(2, 2) * loss
    model.weight.grad = estimate
    optimizer.step()
""",
    "alternating optimizers": """\
import torch
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
first = torch.optim.SGD(one.parameters(), lr=0.1)
second = torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    first.zero_grad()
    second.zero_grad()
    loss = (one(x) + two(x)).mean()
    loss.backward()
    first.step()
    second.step()
""",
    "DeepSpeed": """\
import deepspeed
engine, optimizer, _, _ = deepspeed.initialize(model=model, model_parameters=model.parameters(), config=config)
for x, y in loader:
    loss = criterion(engine(x), y)
    engine.backward(loss)
    engine.step()
""",
    "each backward has its step": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    optimizer.zero_grad()
    criterion(model(x + 1), y).backward()
    optimizer.step()
""",
    "gradients from autograd.grad are put where the step looks": _HEAD
    + """\
parameters = list(model.parameters())
for x, y in loader:
    loss = criterion(model(x), y)
    for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = g
    optimizer.step()
""",
    "a generator that trains between its items": """\
import torch
net, other = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
first = torch.optim.SGD(net.parameters(), lr=0.1)
second = torch.optim.SGD(other.parameters(), lr=0.1)
def batches():
    while True:
        x = torch.randn(8, 2)
        net(x).mean().backward()
        yield x
for x in batches():
    second.zero_grad()
    other(x).mean().backward()
    second.step()
    first.step()
    first.zero_grad()
""",
}
