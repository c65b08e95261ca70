"""TCK219: a loss rewrapped as a leaf."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
"""
_PLAIN = _HEAD.replace("from torch.autograd import Variable\n", "")

BAD = {
    "Variable": _HEAD
    + """
def train(model, loader, criterion):
    for x, y in loader:
        loss = criterion(model(x), y)
        loss = Variable(loss, requires_grad=True)  # <-
        loss.backward()
""",
    "Variable of data": _HEAD
    + """
model = nn.Linear(3, 2)
for x, y in loader:
    loss = F.cross_entropy(model(x), y)
    loss = Variable(loss.data, requires_grad=True)  # <-
    loss.backward()
""",
    "torch.tensor": _HEAD
    + """
for x, y in loader:
    pred = model(x).argmax(dim=1)
    loss = criterion(pred, y)
    loss = torch.tensor(loss, requires_grad=True)  # <-
    loss.backward()
""",
    "snippet without imports": """
loss = loss_fn(outputs, labels)
loss.requires_grad = True  # <-
loss.backward()
""",
    "in place, on a loss from somewhere": _HEAD
    + """
def step(model, batch):
    total_loss = compute(model, batch)
    total_loss.requires_grad_(True)  # <-
    total_loss.backward()
""",
    "chained": _HEAD
    + """
for x, y in loader:
    loss = my_metric(model(x), y)
    loss = torch.tensor(loss).requires_grad_()  # <-
    loss.backward()
""",
    "from numpy": _HEAD
    + """
for x, y in loader:
    loss = F.mse_loss(model(x), y).detach()
    loss.requires_grad_(True)  # <-
    loss.backward()
""",
    "returned from a loss class": _HEAD
    + """
class MyLoss(nn.Module):
    def forward(self, pred, target):
        loss = ((pred.argmax(1) - target) ** 2).float().mean()
        return Variable(loss, requires_grad=True)  # <-
""",
    "several losses in one": _HEAD
    + """
def step(losses):
    loss = torch.tensor(sum(losses), requires_grad=True)
    total = torch.FloatTensor(losses)
    loss_sum = torch.tensor(losses, requires_grad=True)  # <-
    loss_sum.mean().backward()
""",
}

GOOD = {
    "no term was chosen, and the sum is still a number": _HEAD
    + """
class Chosen(nn.Module):
    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def forward(self, pred, target):
        loss_total = 0.0
        for one in self.losses:
            loss_total += one(pred, target)
        if isinstance(loss_total, float):
            return torch.tensor(loss_total, requires_grad=True)
        return loss_total
""",
    "a number is made a tensor where it isn't one yet": _HEAD
    + """
def backward(model, batch):
    loss = 0
    for part in batch:
        loss = loss + F.mse_loss(model(part), part)
    if not isinstance(loss, torch.Tensor):
        loss = torch.tensor(loss, requires_grad=True)
    loss.backward()
""",
    "a sum begins with a leaf": _PLAIN
    + """
def total(model, loader):
    loss = torch.tensor(0.0, requires_grad=True)
    for x, y in loader:
        loss = loss + F.cross_entropy(model(x), y)
    loss.backward()
""",
    "nothing to learn from in this batch": _PLAIN
    + """
class Loss(nn.Module):
    def forward(self, anchors, targets):
        if len(targets) == 0:
            loss = torch.zeros(1, requires_grad=True)
            return loss
        return F.mse_loss(anchors, targets)
""",
    "a copy for the log": _PLAIN
    + """
def show(loss):
    loss = torch.tensor(loss)
    print(loss)
""",
    "inputs require gradients": _PLAIN
    + """
model = nn.Linear(3, 2)
for x, y in loader:
    x.requires_grad_()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    print(x.grad)
""",
    "learnable weights of losses": _PLAIN
    + """
loss_weights = torch.tensor([1.0, 1.0], requires_grad=True)
log_vars = torch.zeros(2, requires_grad=True)
""",
    "weights from a list": _PLAIN
    + """
def build(weights):
    loss_weight = torch.tensor(weights, requires_grad=True)
    return torch.optim.Adam([loss_weight], lr=0.01)
""",
    "the loss has its graph": _PLAIN
    + """
model = nn.Linear(3, 2)
for x, y in loader:
    loss = F.cross_entropy(model(x), y)
    loss.requires_grad_()
    loss.backward()
""",
    "turned off": _PLAIN
    + """
def log(loss):
    loss = loss.detach().requires_grad_(False)
    return loss
""",
    "noise that is optimised": _PLAIN
    + """
delta = torch.zeros(3, requires_grad=True)
noise = torch.tensor(start, requires_grad=True)
""",
    "a hook hands the gradients on": _PLAIN
    + """
class Cached(nn.Module):
    def forward(self, reps, target):
        loss = F.cross_entropy(reps, target)
        loss.backward()
        loss = loss.detach().requires_grad_()
        loss.register_hook(self.hand_on)
        return loss
""",
}
