"""TCK208: losses collected with their graphs."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""
_MODEL = (
    _HEAD
    + """
model = nn.Linear(10, 2)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""
)

_METER = (
    _HEAD
    + """
class AverageMeter:
    def __init__(self):
        self.reset()

    def reset(self):
        self.val, self.avg, self.sum, self.count = 0, 0, 0, 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count
"""
)

BAD = {
    "a term of a loss that others are taken from": _HEAD
    + """
actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=1e-3)
history = {"actor": [], "critic": []}
for s, target in rollouts:
    entropy = actor(s).softmax(-1).mean()
    actor_loss = -torch.min(actor(s), actor(s) * 0.8).mean()
    critic_loss = (target - critic(s)).pow(2).mean()
    loss = 0.5 * critic_loss + actor_loss - 0.001 * entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history["actor"].append(actor_loss)  # <-
    history["critic"].append(critic_loss.item())
""",
    "a meter of the project's own": _METER
    + """
def train(model, loader, criterion, optimizer):
    losses = AverageMeter()
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.update(loss, images.size(0))  # <-
    return losses.avg
""",
    "a meter that smooths, in a trainer": _HEAD
    + """
class Smooth:
    def __init__(self, beta=0.9):
        self.beta = beta
        self.value = 0.0
        self.all = []

    def add(self, loss):
        self.value = self.beta * self.value + (1 - self.beta) * loss

class Trainer:
    def __init__(self, model, optimizer, loader):
        self.model, self.optimizer, self.loader = model, optimizer, loader
        self.meter = Smooth()

    def fit(self):
        for x, y in self.loader:
            self.optimizer.zero_grad()
            loss = F.mse_loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            self.meter.add(loss=loss)  # <-
""",
    "a list behind a method": _MODEL
    + """
class Log:
    def __init__(self):
        self.losses = []

    def store(self, loss, step):
        self.losses.append(loss)
        print(step)

log = Log()
for step, (x, y) in enumerate(loader):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    log.store(loss, step)  # <-
""",
    "evaluation after each epoch": _MODEL
    + """
for epoch in range(10):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    model.eval()
    val_loss = 0
    for x, y in val_loader:
        loss = criterion(model(x), y)
        val_loss += loss  # <-
    print(epoch, val_loss / len(val_loader))
""",
    "evaluation in a function, appended at once": _HEAD
    + """
def train(model, loader, criterion, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()

def validate(model, loader, criterion):
    model.eval()
    losses = []
    for x, y in loader:
        out = model(x)
        losses.append(criterion(out, y))  # <-
    return sum(losses) / len(losses)

def main():
    net = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(5):
        train(net, make_loader(True), nn.CrossEntropyLoss(), optimizer)
        print(validate(net, make_loader(False), nn.CrossEntropyLoss()))

main()
""",
    "test set, weighted by the batch size": _MODEL
    + """
def fit(train_loader):
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()

def test(test_loader):
    test_loss, correct = 0.0, 0
    for data, target in test_loader:
        output = model(data)
        test_loss += F.cross_entropy(output, target) * len(data)  # <-
        correct += (output.argmax(1) == target).sum()
    print(test_loss / len(test_loader.dataset), correct)

fit(loaders["train"])
test(loaders["test"])
""",
    "sum after the step": _MODEL
    + """
for epoch in range(100):
    running_loss = 0.0
    for inputs, labels in trainloader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss  # <-
    print(epoch, running_loss / len(trainloader))
""",
    "list before the backward": _MODEL
    + """
losses = []
for inputs, labels in trainloader:
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    losses.append(loss)  # <-
    loss.backward()
    optimizer.step()
""",
    "snippet without imports": """
total_loss = 0
for batch in dataloader:
    optimizer.zero_grad()
    outputs = model(**batch)
    loss = outputs.loss
    loss.backward()
    optimizer.step()
    total_loss += loss  # <-
""",
    "written out, in a function": _HEAD
    + """
def train(model, loader, criterion, optimizer):
    total = 0
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total = total + loss  # <-
    return total / len(loader)
""",
    "weighted by the batch size": _MODEL
    + """
epoch_loss = 0
for x, y in loader:
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    epoch_loss += loss * x.size(0)  # <-
""",
    "gradient accumulation": _MODEL
    + """
total = 0
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    total += loss  # <-
    loss = loss / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "mixed precision and accelerate": _HEAD
    + """
def one(model, loader, optimizer, scaler, criterion):
    history = []
    for x, y in loader:
        with torch.autocast("cuda"):
            loss = criterion(model(x), y)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        history.append(loss.cpu())  # <-
    return history

def two(model, loader, optimizer, accelerator):
    total_loss = 0
    for batch in loader:
        loss = model(**batch).loss
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        total_loss += loss.float()  # <-
    return total_loss
""",
    "a dictionary of lists, and one term of several": _MODEL
    + """
log = {"loss": [], "reg": []}
for x, y in loader:
    ce = criterion(model(x), y)
    reg = model.weight.abs().sum()
    loss = ce + 0.1 * reg
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    log["loss"].append(loss)  # <-
    log["reg"] += [reg]  # <-
""",
    "attributes of a trainer": _HEAD
    + """
class Trainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
        self.train_losses = []
        self.total = 0

    def fit(self, loader):
        while self.going():
            for x, y in loader:
                self.optimizer.zero_grad()
                loss = F.cross_entropy(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                self.total += loss  # <-
                self.train_losses.append(loss)  # <-
""",
}

GOOD = {
    "the number of a term of the loss": _HEAD
    + """
actor = nn.Linear(4, 2)
optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
history = []
for s in rollouts:
    entropy = actor(s).softmax(-1).mean()
    actor_loss = -torch.min(actor(s), actor(s) * 0.8).mean()
    loss = actor_loss - 0.001 * entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(entropy.item())
    history.append(actor_loss.detach())
""",
    "a number of samples by which the loss is multiplied": """
import torch

def fit(model, optimizer, steps, criterion):
    seen = 0
    for step, (x, y) in steps:
        step.size = count(x)
        seen += step.size
        loss = criterion(model(x), y) * step.size
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return seen
""",
    "a meter that takes numbers out": _HEAD
    + """
class AverageMeter:
    def __init__(self):
        self.sum = 0

    def update(self, val):
        if torch.is_tensor(val):
            val = val.item()
        self.sum += val

def train(model, loader, optimizer):
    losses = AverageMeter()
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.update(loss)
""",
    "a meter that is given numbers": _METER
    + """
def train(model, loader, criterion, optimizer):
    losses, others = AverageMeter(), AverageMeter()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.update(loss.item(), x.size(0))
        others.update(loss.detach(), x.size(0))
""",
    "a meter that is emptied in each turn": _METER
    + """
def train(model, loader, criterion, optimizer):
    terms = AverageMeter()
    for x, y in loader:
        terms.reset()
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        terms.update(loss)
""",
    "a meter of the last few, and one that keeps the last": _HEAD
    + """
from collections import deque

class Window:
    def __init__(self):
        self.values = deque(maxlen=20)
        self.last = None

    def add(self, value):
        self.values.append(value)

class Last:
    def set(self, value):
        self.value = value

def train(model, loader, optimizer):
    window, last = Window(), Last()
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        window.add(loss)
        last.set(loss)
""",
    "terms that are added up and learned from": _METER
    + """
def train(model, loader, criterion, optimizer):
    for x, y in loader:
        terms = AverageMeter()
        optimizer.zero_grad()
        for head in model.heads:
            terms.update(criterion(head(x), y))
        terms.sum.backward()
        optimizer.step()
""",
    "evaluation without gradients": _MODEL
    + """
for epoch in range(10):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    model.eval()
    val_loss = 0
    with torch.no_grad():
        for x, y in val_loader:
            val_loss += criterion(model(x), y)
    print(epoch, val_loss / len(val_loader))
""",
    "evaluation under a decorator that is not known": _MODEL
    + """
from utils import quiet

@quiet
def validate(val_loader):
    total = 0
    for x, y in val_loader:
        total += criterion(model(x), y)
    return total

for x, y in train_loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
print(validate(val_loader))
""",
    "hyper-parameters learn from the validation loss": _MODEL
    + """
log_decay = torch.zeros(1, requires_grad=True)
outer = torch.optim.Adam([log_decay])
for x, y in train_loader:
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
val_loss = 0
for x, y in val_loader:
    val_loss += criterion(model(x), y)
outer.zero_grad()
val_loss.backward()
outer.step()
""",
    "a sum over batches that the caller learns from": _MODEL
    + """
def query_loss(tasks):
    total = 0
    for x, y in tasks:
        total += criterion(model(x), y)
    return total / len(tasks)

for tasks in task_loader:
    optimizer.zero_grad()
    query_loss(tasks).backward()
    optimizer.step()
""",
    "the number": _MODEL
    + """
total, losses = 0.0, []
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    total += loss.item() * x.size(0)
    losses.append(loss.item())
""",
    "detached": _MODEL
    + """
total, losses = 0.0, []
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    total += loss.detach()
    total += loss.data
    total += float(loss)
    losses.append(loss.detach().cpu())
    losses.append(loss.cpu().detach().numpy())
""",
    "the sum is backpropagated": _MODEL
    + """
for sequence, targets in loader:
    loss = 0
    optimizer.zero_grad()
    for x, y in zip(sequence, targets):
        step_loss = criterion(model(x), y)
        loss += step_loss
    loss.backward()
    optimizer.step()
""",
    "a list of losses is summed and backpropagated": _MODEL
    + """
for tasks in loader:
    losses = []
    for x, y in tasks:
        losses.append(criterion(model(x), y))
    optimizer.zero_grad()
    torch.stack(losses).mean().backward()
    optimizer.step()
""",
    "terms of one loss": _MODEL
    + """
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss += 0.01 * model.weight.abs().sum()
    loss.backward()
    optimizer.step()
""",
    "truncated backpropagation through time": _MODEL
    + """
loss = 0
for i, (x, y) in enumerate(loader):
    step_loss = criterion(model(x), y)
    loss = loss + step_loss
    if (i + 1) % 10 == 0:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss = 0
""",
    "validation under no_grad": _MODEL
    + """
total = 0
with torch.no_grad():
    for x, y in loader:
        loss = criterion(model(x), y)
        total += loss
""",
    "a float from a helper": _HEAD
    + """
def train_step(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()

def fit(model, optimizer, loader):
    total = 0
    for x, y in loader:
        loss = train_step(model, optimizer, x, y)
        total += loss
    return total
""",
    "the name becomes a number first": _MODEL
    + """
total = 0
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    loss = loss.item()
    total += loss
""",
    "a new list in each turn": _MODEL
    + """
for x, y in loader:
    parts = []
    ce = criterion(model(x), y)
    parts.append(ce)
    optimizer.zero_grad()
    ce.backward()
    optimizer.step()
    print(parts)
""",
    "a bounded window": _MODEL
    + """
from collections import deque
recent = deque(maxlen=10)
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    recent.append(loss)
""",
    "a gradient is handed back and weighted": _HEAD
    + """
def cached(fn, pieces, weights):
    loss = 0.0
    for piece, weight in zip(pieces, weights):
        reps = [p.detach().requires_grad_() for p in piece]
        loss += weight * fn(reps)
        for t, d in zip(piece, reps):
            t.backward(weight * d.grad)
    return loss
""",
}
