"""Spellings and look-alikes of TCK305."""

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
    "a script": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)  # <-
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "in a function": HEAD
    + """\
def main():
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    lr_sched = lr_scheduler.CosineAnnealingLR(optimizer, 25)  # <-
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        print(lr_sched.get_last_lr()[0])


if __name__ == "__main__":
    main()
""",
    "only saved": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.9)  # <-
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    torch.save({"model": model.state_dict(), "sched": scheduler.state_dict()}, "last.pt")
""",
    "not even named": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)  # <-
for epoch in range(90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "forgotten by the function that trains": HEAD
    + """\
def train(model, optimizer):
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()


optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)  # <-
train(model, optimizer)
""",
    "an attribute of a trainer in a script": """\
import torch
from torch import nn


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.lr_scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 10)  # <-

    def fit(self, loader):
        for epoch in range(10):
            for x, y in loader:
                self.optimizer.zero_grad()
                nn.functional.cross_entropy(self.model(x), y).backward()
                self.optimizer.step()


if __name__ == "__main__":
    trainer = Trainer(nn.Linear(3, 2))
    trainer.fit(torch.load("loader.pt"))
""",
    "plateau": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", patience=3)  # <-
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    val_loss, val_acc = evaluate(model, val_loader)
    print(epoch, val_loss, val_acc)
""",
    "of transformers": """\
import torch
from transformers import BertForSequenceClassification, get_linear_schedule_with_warmup

model = BertForSequenceClassification.from_pretrained("bert-base-uncased")
loader = torch.load("loader.pt")
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=len(loader) * 3)  # <-
for epoch in range(3):
    for batch in loader:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
""",
    "returned by a function, and left where it arrives": HEAD
    + """\
def build(model, length):
    optimizer = optim.AdamW(model.parameters(), lr=1e-3)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, length)  # <-
    return optimizer, schedule
def main():
    optimizer, schedule = build(model, 25)
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        print(epoch, schedule.get_last_lr())
main()
""",
    "returned by a function, and not even named": HEAD
    + """\
def build(model, length):
    optimizer = optim.AdamW(model.parameters(), lr=1e-3)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, length)  # <-
    return optimizer, schedule
def main():
    optimizer, _ = build(model, 25)
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()

main()
""",
}

GOOD = {
    "it is stepped": HEAD
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
    "it is handed to a trainer": HEAD
    + """\
from mytrainer import fit

optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    fit.end_epoch(scheduler)
""",
    "it is returned": HEAD
    + """\
def build(model):
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    return optimizer, scheduler
""",
    "it is part of another": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
warmup = lr_scheduler.LinearLR(optimizer, total_iters=5)
decay = lr_scheduler.CosineAnnealingLR(optimizer, 20)
both = lr_scheduler.ChainedScheduler([warmup, decay])
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    both.step()
""",
    "it is kept in a list": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
schedulers = []
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
schedulers.append(scheduler)
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    for s in schedulers:
        s.step()
""",
    "a base class steps it": """\
import torch
from torch import nn
from base import BaseTrainer


class Trainer(BaseTrainer):
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.lr_scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 10)

    def fit(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(x), y).backward()
            self.optimizer.step()


Trainer(nn.Linear(3, 2)).fit(torch.load("loader.pt"))
""",
    "lightning steps it": """\
import torch
from torch import nn
import lightning as L


class Lit(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.model = nn.Linear(3, 2)

    def training_step(self, batch, index):
        x, y = batch
        return nn.functional.cross_entropy(self.model(x), y)

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
        return [optimizer], [scheduler]
""",
    "it is stepped by a function that takes it": HEAD
    + """\
def train(model, optimizer, sched):
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        sched.step()


optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7)
train(model, optimizer, scheduler)
""",
    "another method steps it": """\
import torch
from torch import nn


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.lr_scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 10)

    def fit(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(x), y).backward()
            self.optimizer.step()

    def end_epoch(self):
        self.lr_scheduler.step()
""",
    "one of those who get it steps it": HEAD
    + """\
def build(model, length):
    optimizer = optim.AdamW(model.parameters(), lr=1e-3)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, length)
    return optimizer, schedule
def main():
    optimizer, schedule = build(model, 25)
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        schedule.step()
def tune():
    optimizer, _ = build(model, 25)
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()

main()
tune()
""",
    "it arrives in a tuple": HEAD
    + """\
def build(model, length):
    optimizer = optim.AdamW(model.parameters(), lr=1e-3)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, length)
    return optimizer, schedule
def main():
    both = build(model, 25)
    optimizer = both[0]
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        both[1].step()
main()
""",
    "the function that builds it is handed on": HEAD
    + """\
def build(model, length):
    optimizer = optim.AdamW(model.parameters(), lr=1e-3)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, length)
    return optimizer, schedule
def main():
    optimizer, _ = build(model, 25)
    for epoch in range(25):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()

main()
trainer.fit(model, build)
""",
}
