"""TCK217 accumulation-not-divided."""

_HEAD = """\
import torch
from torch import nn
import torch.nn.functional as F
model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
"""

BAD = {
    "every k turns": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss.backward()  # <-
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "every four turns": _HEAD
    + """\
optimizer.zero_grad()
for i, (x, y) in enumerate(loader):
    loss = F.cross_entropy(model(x), y)
    loss.backward()  # <-
    if i % 4 == 3:
        optimizer.step()
        optimizer.zero_grad()
""",
    "also at the end": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    output = model(x)
    loss = criterion(output, y)
    loss.backward()  # <-
    if (i + 1) % accum == 0 or (i + 1) == len(loader):
        optimizer.step()
        optimizer.zero_grad()
""",
    "continue": """\
def train(model, loader, optimizer, criterion, accum_steps):
    for i, (x, y) in enumerate(loader):
        loss = criterion(model(x), y)
        loss.backward()  # <-
        if (i + 1) % accum_steps != 0:
            continue
        optimizer.step()
        optimizer.zero_grad()
""",
    "a trainer": """\
import torch
class Trainer:
    def __init__(self, model, args):
        self.model = model
        self.args = args
        self.criterion = torch.nn.MSELoss()
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    def train(self, loader):
        for step, (x, y) in enumerate(loader):
            loss = self.criterion(self.model(x), y)
            loss.backward()  # <-
            if (step + 1) % self.args.gradient_accumulation_steps == 0:
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                self.optimizer.step()
                self.optimizer.zero_grad()
""",
    "a scaler": _HEAD
    + """\
scaler = torch.amp.GradScaler("cuda")
for i, (x, y) in enumerate(loader):
    with torch.autocast("cuda"):
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()  # <-
    if (i + 1) % accumulate == 0:
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
""",
    "the loss of a language model": """\
def train(model, loader, optimizer, grad_accum):
    for i, batch in enumerate(loader):
        outputs = model(**batch)
        loss = outputs.loss
        loss.backward()  # <-
        if (i + 1) % grad_accum == 0:
            optimizer.step()
            optimizer.zero_grad()
""",
    "an inner loop": _HEAD
    + """\
for step in range(1000):
    optimizer.zero_grad()
    for micro in range(accumulation_steps):
        x, y = next(batches)
        loss = criterion(model(x), y)
        loss.backward()  # <-
    optimizer.step()
""",
    "two terms": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    out = model(x)
    loss = criterion(out, y) + 0.1 * out.pow(2).mean()
    loss.backward()  # <-
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
    total += loss.item()
""",
    "a flag": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss.backward()  # <-
    do_step = (i + 1) % accumulation_steps == 0
    if do_step:
        optimizer.step()
        optimizer.zero_grad()
""",
}

GOOD = {
    "divided in the expression": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "divided afterwards": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss = loss / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "divided in place": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss /= accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "divided where it is scaled": _HEAD
    + """\
scaler = torch.amp.GradScaler("cuda")
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    scaler.scale(loss / k).backward()
    if (i + 1) % k == 0:
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
""",
    "multiplied by a weight": _HEAD
    + """\
weight = 1 / accumulation_steps
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) * weight
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "divided only when there is something to add up": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    if accumulation_steps > 1:
        loss = loss / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "a sum over the samples": """\
import torch
from torch import nn
model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss(reduction="sum")
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "the learning rate is divided": """\
import torch
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr / args.accum)
criterion = torch.nn.MSELoss()
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss.backward()
    if (i + 1) % args.accum == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "the gradients are divided": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y)
    loss.backward()
    if (i + 1) % 4 == 0:
        for p in model.parameters():
            p.grad /= 4
        optimizer.step()
        optimizer.zero_grad()
""",
    "Accelerate divides": """\
from accelerate import Accelerator
accelerator = Accelerator(gradient_accumulation_steps=4)
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
for x, y in loader:
    with accelerator.accumulate(model):
        loss = criterion(model(x), y)
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
""",
    "a loss of its own that may divide": """\
def train(model, loader, optimizer, loss_of, accum):
    for i, batch in enumerate(loader):
        loss = loss_of(model, batch, accum)
        loss.backward()
        if (i + 1) % accum == 0:
            optimizer.step()
            optimizer.zero_grad()
""",
    "logging every k turns": _HEAD
    + """\
for i, (x, y) in enumerate(loader):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    if (i + 1) % log_every == 0:
        print(loss.item())
""",
}
