"""Spellings and look-alikes of TCK304."""

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
    "the old tutorials": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)
for epoch in range(25):
    scheduler.step()  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "in a function called once per epoch": HEAD
    + """\
def train_epoch(model, loader, optimizer, scheduler):
    scheduler.step()  # <-
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()

optimizer = optim.Adam(model.parameters(), lr=0.1)
scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[10, 20])
for epoch in range(25):
    train_epoch(model, train_loader, optimizer, scheduler)
    evaluate(model, val_loader)
""",
    "in the batch, between backward and step": HEAD
    + """\
optimizer = optim.AdamW(model.parameters(), lr=0.1)
scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        scheduler.step()  # <-
        optimizer.step()
""",
    "first thing in a phase": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
exp_lr_scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.9)


def train_model(model, criterion, optimizer, scheduler, num_epochs=25):
    for epoch in range(num_epochs):
        scheduler.step()  # <-
        for phase in ["train", "val"]:
            for x, y in train_loader:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
    return model


model = train_model(model, criterion, optimizer, exp_lr_scheduler, num_epochs=25)
""",
    "with amp": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
scaler = torch.cuda.amp.GradScaler()
for epoch in range(100):
    scheduler.step()  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        with torch.autocast("cuda"):
            loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
""",
    "methods of a trainer": """\
import torch
from torch import nn


class Trainer:
    def __init__(self, model, loader):
        self.model = model
        self.loader = loader
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.lr_scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 10)
        self.criterion = nn.CrossEntropyLoss()

    def train(self, epochs):
        for epoch in range(epochs):
            self.lr_scheduler.step()  # <-
            self.train_epoch()

    def train_epoch(self):
        for x, y in self.loader:
            self.optimizer.zero_grad()
            self.criterion(self.model(x), y).backward()
            self.optimizer.step()


Trainer(nn.Linear(3, 2), torch.load("loader.pt")).train(10)
""",
    "behind a test for none": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, 7) if torch.cuda.is_available() else None
for epoch in range(25):
    if scheduler is not None:
        scheduler.step()  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "two of a gan": """\
import torch
from torch import nn

netG, netD = nn.Linear(8, 4), nn.Linear(4, 1)
bce = nn.BCEWithLogitsLoss()
opt_g = torch.optim.Adam(netG.parameters(), lr=2e-4)
opt_d = torch.optim.Adam(netD.parameters(), lr=2e-4)
sched_g = torch.optim.lr_scheduler.StepLR(opt_g, 10)
sched_d = torch.optim.lr_scheduler.StepLR(opt_d, 10)
for epoch in range(50):
    sched_g.step()  # <-
    sched_d.step()  # <-
    for real in torch.randn(10, 16, 4):
        fake = netG(torch.randn(16, 8))
        opt_d.zero_grad()
        (bce(netD(real), torch.ones(16, 1)) + bce(netD(fake.detach()), torch.zeros(16, 1))).backward()
        opt_d.step()
        opt_g.zero_grad()
        bce(netD(fake), torch.ones(16, 1)).backward()
        opt_g.step()
""",
}

GOOD = {
    "it steps at the end of the epoch": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "it is given the epoch": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for epoch in range(25):
    scheduler.step(epoch)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "the first epoch is left out": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for epoch in range(25):
    if epoch != 0:
        scheduler.step()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "a resumed run catches up": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for _ in range(5):
    scheduler.step()
for epoch in range(5, 25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "a scheduler of the project has its own rules": HEAD
    + """\
class Warmup:
    def __init__(self, optimizer, steps):
        self.optimizer, self.steps, self.done = optimizer, steps, 0

    def step(self):
        self.done += 1
        for group in self.optimizer.param_groups:
            group["lr"] = 0.1 * min(1, self.done / self.steps)


optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = Warmup(optimizer, 100)
for epoch in range(25):
    for x, y in train_loader:
        scheduler.step()
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "a scheduler of timm counts updates": """\
import timm.scheduler
import torch
from torch import nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = timm.scheduler.CosineLRScheduler(optimizer, t_initial=10)
for epoch in range(10):
    scheduler.step(epoch)
    for x, y in torch.load("loader.pt"):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
""",
    "it ends the turn before, the optimizer's step is in a helper": HEAD
    + """\
def update(optimizer, x, y):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()


optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for epoch in range(25):
    for x, y in train_loader:
        update(optimizer, x, y)
    scheduler.step()
""",
    "warm-up epochs come before": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
for epoch in range(25):
    scheduler.step()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "the other optimizer's scheduler": """\
import torch
from torch import nn

net_g, net_d = nn.Linear(8, 4), nn.Linear(4, 1)
opt_g = torch.optim.Adam(net_g.parameters(), lr=2e-4)
opt_d = torch.optim.Adam(net_d.parameters(), lr=2e-4)
sched_d = torch.optim.lr_scheduler.StepLR(opt_d, 10)
bce = nn.BCEWithLogitsLoss()
for real in torch.randn(10, 16, 4):
    fake = net_g(torch.randn(16, 8))
    opt_d.zero_grad()
    (bce(net_d(real), torch.ones(16, 1)) + bce(net_d(fake.detach()), torch.zeros(16, 1))).backward()
    opt_d.step()
    sched_d.step()
    opt_g.zero_grad()
    bce(net_d(fake), torch.ones(16, 1)).backward()
    opt_g.step()
""",
}
