"""Spellings and look-alikes of TCK312."""

HEAD = """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler


def evaluate(model, loader):
    return 0.1, 0.9


def get_loader():
    return torch.load("loader.pt")


train_loader, val_loader = get_loader(), get_loader()
model = nn.Linear(4, 2)
criterion = nn.CrossEntropyLoss()
"""

BAD = {
    "a literal": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "a float": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=0.0)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "by position": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), 0.0, momentum=0.9)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "through a name": HEAD
    + """\
learning_rate = 0.0
optimizer = optim.AdamW(model.parameters(), lr=learning_rate)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "an integer division": HEAD
    + """\
learning_rate = 1 // 1000
optimizer = optim.AdamW(model.parameters(), lr=learning_rate)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "a scheduler meant to do nothing": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.StepLR(optimizer, step_size=100, gamma=0)  # <-
for epoch in range(200):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "exponential": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.0)  # <-
for epoch in range(200):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "milestones": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.MultiStepLR(optimizer, [100, 150], 0.0)  # <-
for epoch in range(200):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "plateau": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.0)  # <-
for epoch in range(200):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step(evaluate(model, val_loader)[0])
""",
}

GOOD = {
    "a usual rate": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "set by hand": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0)
for epoch in range(20):
    for group in optimizer.param_groups:
        group["lr"] = 0.1 * 0.9**epoch
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "set by a scheduler": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0)
scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=20, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
""",
    "wrapped in noam's": HEAD
    + """\
class NoamOpt:
    def __init__(self, optimizer, width):
        self.optimizer, self.width, self.done = optimizer, width, 0

    def step(self):
        self.done += 1
        for group in self.optimizer.param_groups:
            group["lr"] = self.width**-0.5 * self.done**-0.5
        self.optimizer.step()


optimizer = NoamOpt(optim.Adam(model.parameters(), lr=0, betas=(0.9, 0.98)), 512)
""",
    "a group is held": HEAD
    + """\
head = nn.Linear(2, 2)
optimizer = optim.SGD([{"params": model.parameters(), "lr": 0.0}, {"params": head.parameters()}], lr=0.1)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(head(model(x)), y).backward()
        optimizer.step()
""",
    "not known": HEAD
    + """\
import sys

optimizer = optim.SGD(model.parameters(), lr=float(sys.argv[1]))
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "gamma is one": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, 10, gamma=1)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "it ends at zero": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=20, eta_min=0)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "nothing is trained": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.0)
print(optimizer)
""",
    "warm-up in a helper": HEAD
    + """\
from helpers import warmup

optimizer = optim.SGD(model.parameters(), lr=0.0)
for epoch in range(20):
    warmup(optimizer, epoch)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
}
