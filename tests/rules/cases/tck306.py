"""Spellings and look-alikes of TCK306."""

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
    "cosine over epochs, per batch": HEAD
    + """\
num_epochs = 30
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
for epoch in range(num_epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()  # <-
""",
    "a step size in epochs, per batch": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)
for epoch in range(90):
    for i, (x, y) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()  # <-
""",
    "milestones in epochs, per batch": HEAD
    + """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=100)
args = parser.parse_args()
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[int(args.epochs * 0.5), int(args.epochs * 0.75)])
for epoch in range(args.epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()  # <-
""",
    "milestones as numbers": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.MultiStepLR(optimizer, [60, 120, 160], gamma=0.2)


def train(epoch):
    model.train()
    for batch_idx, (x, y) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()  # <-


for epoch in range(200):
    train(epoch)
""",
    "one cycle over all batches, per epoch": HEAD
    + """\
epochs = 10
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=epochs * len(train_loader))
for epoch in range(epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()  # <-
""",
    "one cycle with steps per epoch, per epoch": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    evaluate(model, val_loader)
    scheduler.step()  # <-
""",
    "transformers' warm-up, per epoch": """\
import torch
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm
from transformers import AutoModelForSequenceClassification, get_linear_schedule_with_warmup

model = AutoModelForSequenceClassification.from_pretrained("bert-base-uncased")
train_dataloader = DataLoader(torch.load("data.pt"), batch_size=16, shuffle=True)
EPOCHS = 4
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
total_steps = len(train_dataloader) * EPOCHS
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=total_steps)
for epoch in range(EPOCHS):
    for batch in tqdm(train_dataloader):
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
    scheduler.step()  # <-
""",
    "transformers' warm-up over epochs, per batch": """\
import torch
from torch import nn
from transformers import get_cosine_schedule_with_warmup

model = nn.Linear(4, 2)
train_loader = torch.load("loader.pt")
n_epochs = 20
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
scheduler = get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=2, num_training_steps=n_epochs)
for epoch in range(n_epochs):
    for x, y in train_loader:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()  # <-
""",
    "under accumulation": HEAD
    + """\
epochs, accumulate = 30, 4
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
for epoch in range(epochs):
    for i, (x, y) in enumerate(train_loader):
        loss = criterion(model(x), y) / accumulate
        loss.backward()
        if (i + 1) % accumulate == 0:
            optimizer.step()
            scheduler.step()  # <-
            optimizer.zero_grad()
""",
}

GOOD = {
    "a step size that is called a step": HEAD
    + """\
step = 25
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=step, gamma=0.2)
for epoch in range(100):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "both count epochs": HEAD
    + """\
num_epochs = 30
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
for epoch in range(num_epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "both count batches": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
""",
    "a long step size in batches": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.StepLR(optimizer, step_size=1000, gamma=0.5)
for epoch in range(90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
""",
    "a fraction of an epoch is given": HEAD
    + """\
epochs = 10
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=epochs)
for epoch in range(epochs):
    for i, (x, y) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step(epoch + i / len(train_loader))
""",
    "at the last batch only": HEAD
    + """\
epochs = 10
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
for epoch in range(epochs):
    for i, (x, y) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        if i == len(train_loader) - 1:
            scheduler.step()
""",
    "one batch is an epoch": HEAD
    + """\
x, y = torch.randn(100, 4), torch.zeros(100).long()
epochs = 100
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=epochs)
for epoch in range(epochs):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
    "one cycle over epochs, per epoch": HEAD
    + """\
epochs = 100
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=epochs)
for epoch in range(epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
""",
    "iterations are the only loop": HEAD
    + """\
max_iters = 5000
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=max_iters)
for step in range(max_iters):
    x, y = next(batches)
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
    "a restart every few batches": HEAD
    + """\
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
""",
    "which of the two is an option": HEAD
    + """\
def train(per_batch, epochs):
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * len(train_loader) if per_batch else epochs)
    for epoch in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
            if per_batch:
                scheduler.step()
        if not per_batch:
            scheduler.step()
""",
}
