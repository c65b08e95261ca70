"""Spellings and near-misses of frozen-layer-drifts."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.backbone(x).mean((2, 3)))

model = Net()
"""
_TRAIN = """\
optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
for epoch in range(3):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()MARK
        optimizer.step()
"""
_BAD, _GOOD = _TRAIN.replace("MARK", "  # <-"), _TRAIN.replace("MARK", "")

BAD = {
    "requires_grad_": _HEAD + "model.backbone.requires_grad_(False)\n" + _BAD,
    "one by one": _HEAD + "for p in model.backbone.parameters():\n    p.requires_grad = False\n" + _BAD,
    "in a function": _HEAD
    + "def freeze(module):\n    for p in module.parameters():\n        p.requires_grad = False\n\nfreeze(model.backbone)\n"
    + _BAD,
    "by keyword": _HEAD + "model.backbone.requires_grad_(requires_grad=False)\n" + _BAD,
    "evaluation mode that train() undoes": _HEAD
    + "model.backbone.requires_grad_(False)\nmodel.backbone.eval()\n"
    + _BAD,
    "the norm alone": _HEAD + "model.backbone[1].requires_grad_(False)\n" + _BAD,
    "the whole, and a new head": _HEAD + "model.requires_grad_(False)\nmodel.head = nn.Linear(8, 5)\n" + _BAD,
    "a ready-made model": """\
import torch
from torch import nn
from torchvision import models

model = models.resnet18(weights="DEFAULT")
for param in model.parameters():
    param.requires_grad = False
model.fc = nn.Linear(512, 2)
"""
    + _BAD.replace("model.head", "model.fc").replace("F.", "nn.functional."),
}

GOOD = {
    "evaluation mode after train()": _HEAD
    + "model.backbone.requires_grad_(False)\n"
    + _GOOD.replace("    model.train()\n", "    model.train()\n    model.backbone.eval()\n"),
    "never in training mode": _HEAD
    + "model.backbone.requires_grad_(False)\n"
    + _GOOD.replace("    model.train()\n", "    model.eval()\n"),
    "no batch norm": _HEAD.replace("nn.BatchNorm2d(8)", "nn.GroupNorm(2, 8)")
    + "model.backbone.requires_grad_(False)\n"
    + _GOOD,
    "no statistics": _HEAD.replace("nn.BatchNorm2d(8)", "nn.BatchNorm2d(8, track_running_stats=False)")
    + "model.backbone.requires_grad_(False)\n"
    + _GOOD,
    "nothing is frozen": _HEAD + _GOOD.replace("model.head.", "model."),
    "only the head is frozen": _HEAD + "model.head.requires_grad_(False)\n" + _GOOD.replace("model.head.", "model."),
    "unfrozen before it trains": _HEAD
    + "model.backbone.requires_grad_(False)\nmodel.backbone.requires_grad_(True)\n"
    + _GOOD,
    "frozen on request": _HEAD + "model.backbone.requires_grad_(not finetune)\n" + _GOOD,
    "some by name": _HEAD
    + "for name, p in model.named_parameters():\n    if 'head' not in name:\n        p.requires_grad = False\n"
    + _GOOD,
    "a copy that follows the other": """\
import copy
import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 2)
    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))

online = Net()
target = copy.deepcopy(online)
for p in target.parameters():
    p.requires_grad = False
optimizer = torch.optim.SGD(online.parameters(), lr=0.1)
for x1, x2 in loader:
    loss = F.mse_loss(online(x1), target(x2).detach())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for a, b in zip(online.parameters(), target.parameters()):
        b.data = 0.99 * b.data + 0.01 * a.data
""",
    "a teacher by another name": """\
import torch
from torch import nn
import torch.nn.functional as F
class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        for ps, pt in zip(self.student.parameters(), self.second.parameters()):
            pt.data.copy_(ps.data)
            pt.requires_grad = False
    @torch.no_grad()
    def update(self):
        for ps, pt in zip(self.student.parameters(), self.second.parameters()):
            pt.data = pt.data * 0.99 + ps.data * 0.01
    def forward(self, a, b):
        self.update()
        with torch.no_grad():
            t = self.second(b)
        return F.mse_loss(self.student(a), t)
model = Pair()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for a, b in loader:
    model.train()
    loss = model(a, b)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a model that adapts its norms": """\
import torch
from torch import nn
import torchvision
model = torchvision.models.resnet18(weights="DEFAULT")
model.train()
model.requires_grad_(False)
for m in model.modules():
    if isinstance(m, nn.BatchNorm2d):
        m.requires_grad_(True)
        m.track_running_stats = False
        m.running_mean = None
        m.running_var = None
params = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.SGD(params, lr=1e-3)
for x in loader:
    out = model(x)
    loss = -(out.softmax(1) * out.log_softmax(1)).sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a critic that is frozen for a while": """\
import torch
from torch import nn
import torch.nn.functional as F
D = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(10, 1))
G = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8))
optG = torch.optim.Adam(G.parameters())
optD = torch.optim.Adam(D.parameters())
for x in loader:
    for p in D.parameters():
        p.requires_grad = True
    optD.zero_grad()
    (D(x).mean() - D(G(z).detach()).mean()).backward()
    optD.step()
    for p in D.parameters():
        p.requires_grad = False
    optG.zero_grad()
    D(G(z)).mean().backward()
    optG.step()
""",
}
