"""Spellings and near-misses of best-state-not-copied."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

def epoch_loss(model, optimizer, loader):
    total = 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""

BAD = {
    "loaded at the end": _HEAD
    + """\
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best = loss
        best_model_wts = model.state_dict()  # <-
model.load_state_dict(best_model_wts)
""",
    "another name": _HEAD
    + """\
lowest = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < lowest:
        lowest = loss
        weights = model.state_dict()  # <-
model.load_state_dict(weights)
""",
    "saved after the loop": _HEAD
    + """\
best_acc = 0
for epoch in range(10):
    epoch_loss(model, optimizer, loader)
    acc = float(accuracy(model))
    if acc > best_acc:
        best_acc = acc
        best_state = model.state_dict()  # <-
torch.save(best_state, "best.pt")
""",
    "copied by hand, shallowly": _HEAD
    + """\
best = None
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if best is None or loss < best[0]:
        best_state = {"model": model.state_dict(), "epoch": epoch}  # <-
torch.save(best_state, "best.pt")
""",
    "in a function that returns it": """\
import torch
import torch.nn.functional as F

def train(model, optimizer, loader, epochs):
    best_loss = float("inf")
    best_state = None
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        if loss.item() < best_loss:
            best_loss = loss.item()
            best_state = model.state_dict()  # <-
    return best_state
""",
    "in a class that watches": """\
import torch
from torch import nn

class EarlyStopping:
    def __init__(self, patience=5):
        self.patience, self.counter, self.best_loss = patience, 0, None
        self.criterion = nn.MSELoss()

    def __call__(self, output, target, model):
        val_loss = self.criterion(output, target)
        if self.best_loss is None or val_loss < self.best_loss:
            self.best_loss = val_loss
            self.best_model = model.state_dict()  # <-
        else:
            self.counter += 1
""",
    "a deep copy only of the first": _HEAD
    + """\
import copy
best_weights = copy.deepcopy(model.state_dict())
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best = loss
        best_weights = model.state_dict()  # <-
model.load_state_dict(best_weights)
""",
    "self.model of a trainer": """\
import torch
import torch.nn.functional as F

class Trainer:
    def fit(self, loader):
        best = 1e9
        for epoch in range(10):
            for x, y in loader:
                self.optimizer.zero_grad()
                loss = F.mse_loss(self.model(x), y)
                loss.backward()
                self.optimizer.step()
            if loss.item() < best:
                best = loss.item()
                best_state = self.model.state_dict()  # <-
        self.model.load_state_dict(best_state)
""",
}

GOOD = {
    "deep-copied": _HEAD
    + """\
from copy import deepcopy
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best = loss
        best_state = deepcopy(model.state_dict())
model.load_state_dict(best_state)
""",
    "cloned one by one": _HEAD
    + """\
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best = loss
        best_state = {k: v.detach().clone() for k, v in model.state_dict().items()}
model.load_state_dict(best_state)
""",
    "saved at once": _HEAD
    + """\
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best = loss
        best_state = model.state_dict()
        torch.save(best_state, "best.pt")
model.load_state_dict(torch.load("best.pt"))
""",
    "saved at once in a checkpoint": _HEAD
    + """\
for epoch in range(10):
    epoch_loss(model, optimizer, loader)
    best = {"epoch": epoch, "state_dict": model.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(best, f"{epoch}.pt")
""",
    "handed to a function that saves": _HEAD
    + """\
from utils import save_checkpoint
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best = loss
        best_state = model.state_dict()
        save_checkpoint(best_state, "best.pt")
""",
    "a target network": _HEAD
    + """\
target = nn.Linear(4, 2)
for epoch in range(10):
    epoch_loss(model, optimizer, loader)
    state = model.state_dict()
    target.load_state_dict(state)
""",
    "weights mixed by hand": _HEAD
    + """\
target = nn.Linear(4, 2)
for epoch in range(10):
    epoch_loss(model, optimizer, loader)
    new, old = model.state_dict(), target.state_dict()
    for key in new:
        old[key] = 0.99 * old[key] + 0.01 * new[key]
    target.load_state_dict(old)
""",
    "those of the last epoch are wanted": _HEAD
    + """\
for epoch in range(10):
    epoch_loss(model, optimizer, loader)
    last_state = model.state_dict()
torch.save(last_state, "last.pt")
""",
    "a copy of the whole model": _HEAD
    + """\
import copy
best = 1e9
for epoch in range(10):
    loss = epoch_loss(model, optimizer, loader)
    if loss < best:
        best, best_model = loss, copy.deepcopy(model)
torch.save(best_model.state_dict(), "best.pt")
""",
}
