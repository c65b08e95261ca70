"""Runs of evaluation-with-grad."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

train_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=8, shuffle=True)
val_loader = DataLoader(TensorDataset(torch.randn(32, 8), torch.randint(0, 3, (32,))), batch_size=8)
model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
"""
_TRAIN = """\
for epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
"""

BAD = {
    "after each epoch": _HEAD
    + _TRAIN
    + """\
    model.eval()
    total = 0.0
    for x, y in val_loader:
        total += F.cross_entropy(model(x), y).item()  # <-
    model.train()
""",
    "a function, once at the end": _HEAD
    + """\
def accuracy(net, loader):
    net.eval()
    return sum((net(x).argmax(1) == y).float().sum().item() for x, y in loader)  # <-
"""
    + _TRAIN
    + "print(accuracy(model, val_loader))\n",
    "a model that is never trained here": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

encoder = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
encoder.eval()
predictions = []
for (image,) in DataLoader(TensorDataset(torch.randn(24, 3, 8, 8)), 8):
    predictions.append(encoder(image).argmax(1))  # <-
""",
    "by hand in evaluation mode": """\
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
x, y, x_val, y_val = torch.randn(64, 4), torch.randn(64, 1), torch.randn(64, 4), torch.randn(64, 1)
for epoch in range(6):
    net.train()
    for i in range(0, 64, 16):
        opt.zero_grad()
        nn.functional.mse_loss(net(x[i : i + 16]), y[i : i + 16]).backward()
        opt.step()
    net.eval()
    print(nn.functional.mse_loss(net(x_val), y_val).item())  # <-
""",
    "a model that stays in training mode, and a table in two parts": """\
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
criterion = nn.MSELoss()
x, y = torch.randn(80, 4), torch.randn(80, 1)
for epoch in range(30):
    loss = criterion(net(x[:64]), y[:64])
    opt.zero_grad()
    loss.backward()
    opt.step()
    val_loss = criterion(net(x[64:]), y[64:])  # <-
    if epoch % 10 == 0:
        print(loss.item(), val_loss.item())
""",
    "validation in the middle of the training loader": _HEAD
    + """\
for epoch in range(2):
    for step, (x, y) in enumerate(train_loader):
        model.train()
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step == 3:
            model.eval()
            print(sum(F.cross_entropy(model(a), b).item() for a, b in val_loader))  # <-
""",
}

GOOD = {
    "no_grad is around it": _HEAD
    + _TRAIN
    + """\
    with torch.no_grad():
        print(sum(F.cross_entropy(model(x), y).item() for x, y in val_loader))
""",
    "the gradient of a whole loader in one step": _HEAD
    + """\
for epoch in range(4):
    losses = []
    for x, y in train_loader:
        losses.append(F.cross_entropy(model(x), y))
    optimizer.zero_grad()
    torch.stack(losses).mean().backward()
    optimizer.step()
""",
    "what the inputs have to do with it": _HEAD
    + _TRAIN
    + """\
for x, y in val_loader:
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(x), y), x)
""",
    "adversarial examples": _HEAD
    + _TRAIN
    + """\
model.eval()
for x, y in val_loader:
    x.requires_grad_()
    F.cross_entropy(model(x), y).backward()
    attacked = (x + 0.1 * x.grad.sign()).detach()
    with torch.no_grad():
        print((model(attacked).argmax(1) == y).sum().item())
""",
    "batches with a bad loss are left out": """\
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(40):
    x = torch.randn(16, 4)
    loss = nn.functional.mse_loss(net(x), x[:, :1])
    if step % 3 == 2:
        continue
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "a learned weight of two losses, one of them for the log": """\
import torch
from torch import nn

student, teacher = nn.Linear(4, 3), nn.Linear(4, 3)
opt = torch.optim.SGD([*student.parameters(), *teacher.parameters()], lr=0.05)
for step in range(40):
    x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
    guide = teacher(x)
    loss = nn.functional.cross_entropy(student(x), y)
    if step >= 20:
        loss = loss + nn.functional.cross_entropy(guide, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "frozen, so nothing is recorded": _HEAD
    + """\
model.requires_grad_(False)
for x, y in val_loader:
    print(F.cross_entropy(model(x), y).item())
""",
    "features of a frozen body for a head": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

body, head = nn.Sequential(nn.Linear(8, 16), nn.ReLU()).eval(), nn.Linear(16, 3)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
for epoch in range(3):
    for x, y in DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), 8, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head(body(x).detach()), y).backward()
        optimizer.step()
""",
}
