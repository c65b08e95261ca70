"""Spellings and near-misses of ddp-bypassed."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel as DDP

net = nn.Linear(4, 2)
model = DDP(net, device_ids=[0])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""
_LOOP = """\
for x, y in loader:
    optimizer.zero_grad()
"""
_REST = """\
    loss.backward()
    optimizer.step()
"""


def _loop(line: str) -> str:
    return _HEAD + _LOOP + f"    {line}\n" + _REST


_METHODS = _HEAD.replace(
    "net = nn.Linear(4, 2)\n",
    """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.encoder(x).relu())

    def compute_loss(self, x, y):
        return F.cross_entropy(self(x), y)

    def predict(self, batch):
        return {"logits": self(batch["x"])}

    def penalty(self):
        return self.head.weight.pow(2).sum()

    def distance(self, x):
        return (self.encoder(x) - x.mean()).pow(2).mean()

net = Net()
""",
)

BAD = {
    "a method that computes the loss": _METHODS + _LOOP + "    loss = model.module.compute_loss(x, y)  # <-\n" + _REST,
    "a method that gives a dictionary": _METHODS
    + """\
for batch in loader:
    optimizer.zero_grad()
    out = model.module.predict(batch)  # <-
    loss = F.cross_entropy(out["logits"], batch["y"])
"""
    + _REST,
    "called": _loop("loss = F.cross_entropy(model.module(x), y)  # <-"),
    "by keyword": _loop("loss = F.cross_entropy(model.module(input=x), y)  # <-"),
    "on the device": _loop("loss = F.cross_entropy(model.module(x.cuda()), y.cuda())  # <-"),
    "by way of logits": _loop("logits = model.module(x)  # <-\n    loss = F.cross_entropy(logits, y)"),
    "in autocast": _loop("with torch.autocast('cuda'):\n        loss = F.cross_entropy(model.module(x), y)  # <-"),
    "the whole name of the wrapper": _HEAD
    + "model = torch.nn.parallel.DistributedDataParallel(nn.Linear(4, 2))\n"
    + _LOOP
    + "    loss = F.cross_entropy(model.module(x), y)  # <-\n"
    + _REST,
    "in epochs": _HEAD
    + """\
for epoch in range(3):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model.module(x), y).backward()  # <-
        optimizer.step()
""",
    "in a function": _HEAD
    + """\
def step(ddp, x, y):
    optimizer.zero_grad()
    F.cross_entropy(ddp.module(x), y).backward()  # <-
    optimizer.step()

for x, y in loader:
    step(model, x, y)
""",
}

GOOD = {
    "a penalty on the weights beside the wrapper": _METHODS
    + _LOOP
    + "    loss = F.cross_entropy(model(x), y) + 0.1 * model.module.penalty()\n"
    + _REST,
    "a second term beside the wrapper": _METHODS
    + _LOOP
    + "    loss = F.cross_entropy(model(x), y) + model.module.distance(x)\n"
    + _REST,
    "a method in an evaluation": _METHODS
    + """\
for x, y in loader:
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
with torch.no_grad():
    for x, y in val_loader:
        print(model.module.compute_loss(x, y))
""",
    "the wrapper": _loop("loss = F.cross_entropy(model(x), y)"),
    "its weights": _loop("loss = F.cross_entropy(model(x), y)") + "torch.save(model.module.state_dict(), 'm.pt')\n",
    "an evaluation": _loop("loss = F.cross_entropy(model(x), y)")
    + "with torch.no_grad():\n    for x, y in test_loader:\n        print(F.cross_entropy(model.module(x), y))\n",
    "DataParallel": (_loop("loss = F.cross_entropy(model.module(x), y)")).replace(
        "DDP(net, device_ids=[0])", "nn.DataParallel(net)"
    ),
    "a module of its own called module": """\
import torch
import torch.nn as nn
import torch.nn.functional as F

class Wrapper(nn.Module):
    def __init__(self):
        super().__init__()
        self.module = nn.Linear(4, 2)

    def forward(self, x):
        return self.module(x)

model = Wrapper()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    optimizer.zero_grad()
    F.cross_entropy(model.module(x), y).backward()
    optimizer.step()
""",
    "parameters of a part": _HEAD.replace("model.parameters()", "model.module.parameters()")
    + _LOOP
    + "    loss = F.cross_entropy(model(x), y)\n"
    + _REST,
    "the teacher is not trained": _loop(
        "with torch.no_grad():\n        target = model.module(x)\n    loss = F.mse_loss(model(x), target)"
    ),
    "nobody knows what it is": """\
import torch.nn.functional as F

def step(model, optimizer, x, y):
    optimizer.zero_grad()
    F.cross_entropy(model.module(x), y).backward()
    optimizer.step()
""",
}
