"""TCK211 clip-without-unscale."""

_HEAD = """\
import torch
from torch import nn
from torch.amp import GradScaler, autocast
model = nn.Linear(2, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scaler = GradScaler()
"""

BAD = {
    "norm": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    with autocast():
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    scaler.step(optimizer)
    scaler.update()
""",
    "value": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    scaler.scale(criterion(model(x), y)).backward()
    nn.utils.clip_grad_value_(model.parameters(), clip_value=0.5)  # <-
    scaler.step(optimizer)
    scaler.update()
""",
    "clipped once too early, once too large": _HEAD
    + """\
for x, y in loader:
    optimizer.zero_grad()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.scale(criterion(model(x), y)).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    scaler.step(optimizer)
    scaler.update()
""",
    "a trainer's method": """\
import torch
from torch.amp import GradScaler
class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)
        self.scaler = GradScaler("cuda")
    def train_epoch(self, loader):
        for batch in loader:
            self.optimizer.zero_grad()
            with torch.autocast("cuda"):
                loss = self.model(batch).mean()
            self.scaler.scale(loss).backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=5.0)  # <-
            self.scaler.step(self.optimizer)
            self.scaler.update()
""",
    "arguments of a function": """\
from torch.nn.utils import clip_grad_norm_
def train(model, loader, optimizer, scaler, criterion):
    for x, y in loader:
        loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        clip_grad_norm_(model.parameters(), 1.0)  # <-
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)
""",
    "clipping under a flag": _HEAD
    + """\
for x in loader:
    optimizer.zero_grad()
    scaler.scale(model(x).sum()).backward()
    if args.clip_grad > 0:
        nn.utils.clip_grad_norm_(model.parameters(), args.clip_grad)  # <-
    scaler.step(optimizer)
    scaler.update()
""",
    "accumulation": _HEAD
    + """\
for i, x in enumerate(loader):
    loss = model(x).mean() / 4
    scaler.scale(loss).backward()
    if (i + 1) % 4 == 0:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
""",
    "unscaled too late": _HEAD
    + """\
for x in loader:
    optimizer.zero_grad()
    scaler.scale(model(x).mean()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
""",
    "a scaled loss with a name, the norm kept": _HEAD
    + """\
for x in loader:
    optimizer.zero_grad()
    scaled_loss = scaler.scale(model(x).mean())
    scaled_loss.backward()
    grad_norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
    scaler.step(optimizer)
    scaler.update()
    print(grad_norm)
""",
    "mixed precision chosen once for all": _HEAD
    + """\
if use_amp:
    for x in loader:
        optimizer.zero_grad()
        scaler.scale(model(x).mean()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # <-
        scaler.step(optimizer)
        scaler.update()
""",
}

GOOD = {
    "unscaled first": _HEAD
    + """\
for x in loader:
    optimizer.zero_grad()
    scaler.scale(model(x).mean()).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
""",
    "no scaler": _HEAD
    + """\
for x in loader:
    optimizer.zero_grad()
    model(x).mean().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    "unscaled under the flag of the scaling": """\
import torch
def train(model, loader, optimizer, scaler, use_amp, max_norm):
    for x in loader:
        optimizer.zero_grad()
        loss = model(x).mean()
        if use_amp:
            scaler.scale(loss).backward()
        else:
            loss.backward()
        if max_norm:
            if use_amp:
                scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        if use_amp:
            scaler.step(optimizer)
            scaler.update()
        else:
            optimizer.step()
""",
    "flags that are told apart in other words": """\
import torch
def train(model, loader, optimizer, scaler, amp, clip):
    for x in loader:
        optimizer.zero_grad()
        loss = model(x).mean()
        if scaler is not None:
            scaler.scale(loss).backward()
        else:
            loss.backward()
        if amp and clip:
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        elif clip:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        if scaler is not None:
            scaler.step(optimizer)
            scaler.update()
        else:
            optimizer.step()
""",
    "Accelerate unscales itself": """\
from accelerate import Accelerator
accelerator = Accelerator(mixed_precision="fp16")
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
for x in loader:
    optimizer.zero_grad()
    accelerator.backward(model(x).mean())
    accelerator.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    "an infinite limit measures": _HEAD
    + """\
for x in loader:
    optimizer.zero_grad()
    scaler.scale(model(x).mean()).backward()
    scaled_norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
    scaler.step(optimizer)
    scaler.update()
""",
    "a helper that unscales and clips": _HEAD
    + """\
def clip(limit):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), limit)
for x in loader:
    optimizer.zero_grad()
    scaler.scale(model(x).mean()).backward()
    clip(1.0)
    scaler.step(optimizer)
    scaler.update()
""",
    "an unseen helper is given the optimizer": _HEAD
    + """\
from somewhere import finish_gradients
for x in loader:
    optimizer.zero_grad()
    scaler.scale(model(x).mean()).backward()
    finish_gradients(scaler, optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
""",
    "a scaler that is built to do nothing": """\
import torch
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
amp_scaler = torch.amp.GradScaler("cuda", enabled=False)
for x in loader:
    optimizer.zero_grad()
    model(x).mean().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    "two optimizers, each unscaled before its own clipping": """\
import torch
scaler = torch.amp.GradScaler("cuda")
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
opt_one = torch.optim.SGD(one.parameters(), lr=0.1)
opt_two = torch.optim.SGD(two.parameters(), lr=0.1)
for x in loader:
    opt_one.zero_grad()
    opt_two.zero_grad()
    scaler.scale(one(x).mean() + two(x).mean()).backward()
    scaler.unscale_(opt_one)
    torch.nn.utils.clip_grad_norm_(one.parameters(), 1.0)
    scaler.step(opt_one)
    scaler.unscale_(opt_two)
    torch.nn.utils.clip_grad_norm_(two.parameters(), 1.0)
    scaler.step(opt_two)
    scaler.update()
""",
}
