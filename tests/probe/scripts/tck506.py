"""Runs of train-mode-not-restored."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

def make():
    return nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))

train_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=8, shuffle=True)
val_loader = DataLoader(TensorDataset(torch.randn(32, 8), torch.randint(0, 3, (32,))), batch_size=8)
model = make()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
"""
_EPOCH = """\
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
"""
_VALIDATE = """\
    with torch.no_grad():
        print(sum(F.cross_entropy(model(x), y).item() for x, y in val_loader))
"""

BAD = {
    "train once before all epochs": _HEAD
    + "model.train()\nfor epoch in range(3):\n"
    + _EPOCH
    + "    model.eval()  # <-\n"
    + _VALIDATE,
    "a function that leaves it behind": _HEAD
    + """\
@torch.no_grad()
def evaluate(net):
    net.eval()  # <-
    return sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader)

for epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    print(evaluate(model))
""",
    "in the middle of an epoch, far from a sampled step": """\
import torch
from torch import nn

net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.Flatten(), nn.Linear(24, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
x_val, y_val = torch.randn(16, 2, 8), torch.randn(16, 1)
for step in range(60):
    x, y = torch.randn(8, 2, 8), torch.randn(8, 1)
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 23 == 22:
        net.eval()  # <-
        with torch.no_grad():
            print(nn.functional.mse_loss(net(x_val), y_val).item())
""",
    "train(False), and gradients recorded": _HEAD
    + """\
def score():
    model.train(False)  # <-
    with torch.set_grad_enabled(False):
        return [model(x).softmax(-1) for x, _ in val_loader]

for epoch in range(3):
    for x, y in train_loader:
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        optimizer.zero_grad()
    score()
""",
    "a class around encoder and decoder": """\
import torch
from torch import nn

class Auto(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(6, 3), nn.Linear(3, 6)
        self.noise = nn.Dropout(0.1)

    def forward(self, x):
        return self.decoder(self.noise(torch.relu(self.encoder(x))))

class Fit:
    def __init__(self):
        self.auto = Auto()
        self.opt = torch.optim.RMSprop(self.auto.parameters(), lr=1e-3)

    def validate(self, x):
        self.auto.eval()  # <-
        with torch.no_grad():
            return nn.functional.mse_loss(self.auto(x), x).item()

    def train(self):
        self.auto.train()
        for step in range(30):
            x = torch.randn(16, 6)
            loss = nn.functional.mse_loss(self.auto(x), x)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            if step % 10 == 9:
                self.validate(torch.randn(16, 6))

Fit().train()
""",
}

GOOD = {
    "train at the top of each epoch": _HEAD
    + "for epoch in range(3):\n    model.train()\n"
    + _EPOCH
    + "    model.eval()\n"
    + _VALIDATE,
    "the helper gives the mode back": _HEAD
    + """\
@torch.no_grad()
def evaluate(net):
    before = net.training
    net.eval()
    hits = sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader)
    net.train(before)
    return hits

for epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    print(evaluate(model))
""",
    "fine-tuning in evaluation mode from the first step on": _HEAD
    + "for epoch in range(3):\n    model.eval()\n"
    + _EPOCH
    + _VALIDATE,
    "only the frozen batch norms are put in evaluation mode": _HEAD
    + "for epoch in range(3):\n    model.train()\n    model[1].eval()\n"
    + _EPOCH
    + "    model.eval()\n"
    + _VALIDATE,
    "batch norms are frozen for the last epochs on purpose": _HEAD
    + "for epoch in range(4):\n    model.train(epoch < 2)\n"
    + _EPOCH
    + "    model.eval()\n"
    + _VALIDATE,
    "a critic trains while the actor acts in evaluation mode": """\
import torch
from torch import nn

actor = nn.Sequential(nn.Linear(4, 16), nn.Dropout(0.1), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
opt_a, opt_c = torch.optim.Adam(actor.parameters()), torch.optim.Adam(critic.parameters())
for round in range(6):
    states = torch.randn(32, 4)
    actor.train()
    opt_a.zero_grad()
    nn.functional.mse_loss(actor(states), states[:, :2]).backward()
    opt_a.step()
    actor.eval()
    with torch.no_grad():
        actions = actor(states)
    for _ in range(3):
        opt_c.zero_grad()
        nn.functional.mse_loss(critic(states), actions.sum(1, keepdim=True)).backward()
        opt_c.step()
""",
    "nothing in it depends on the mode": _HEAD.replace("nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2)", "nn.ReLU()")
    + "for epoch in range(3):\n"
    + _EPOCH
    + "    model.eval()\n"
    + _VALIDATE,
}
