"""Spellings and near-misses of evaluation-with-grad."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
train_loader = DataLoader(data, batch_size=16, shuffle=True)
val_loader = DataLoader(data, batch_size=16)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters())

def train():
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

"""

BAD = {
    "two models and an activation in one evaluation": """
import torch
from torch import nn

encoder, decoder, squash = nn.Linear(3, 4), nn.Linear(4, 2), nn.Softmax(dim=1)


def evaluate(loader):
    correct = 0
    for x, y in loader:
        hidden = encoder(x)  # <-
        correct += (squash(decoder(hidden)).argmax(dim=1) == y).sum().item()
    return correct


print(evaluate(test_loader))
""",
    "eval() instead of no_grad": _HEAD
    + """\
for epoch in range(5):
    train()
    model.eval()
    losses = []
    for x, y in val_loader:
        losses.append(F.cross_entropy(model(x), y).item())  # <-
    print(sum(losses))
""",
    "a function over the test data": _HEAD
    + """\
def test():
    model.eval()
    correct = 0
    for x, y in val_loader:
        correct += (model(x).argmax(1) == y).sum().item()  # <-
    return correct

for epoch in range(5):
    train()
    print(test())
""",
    "no_grad around the metric alone": _HEAD
    + """\
def validate(loader):
    model.eval()
    correct = 0
    for x, y in loader:
        logits = model(x)  # <-
        with torch.no_grad():
            correct += (logits.argmax(1) == y).sum().item()
    return correct

train()
print(validate(val_loader))
""",
    "a trainer class": """\
import torch
import torch.nn as nn
import torch.nn.functional as F

class Trainer:
    def __init__(self, model, optimizer, train_loader, val_loader):
        self.model, self.optimizer = model, optimizer
        self.train_loader, self.val_loader = train_loader, val_loader

    def evaluate(self):
        self.model.eval()
        for x, y in self.val_loader:
            print(F.cross_entropy(self.model(x), y).item())  # <-

    def fit(self):
        for epoch in range(3):
            self.model.train()
            for x, y in self.train_loader:
                self.optimizer.zero_grad()
                F.cross_entropy(self.model(x), y).backward()
                self.optimizer.step()
            self.evaluate()

net = nn.Linear(4, 2)
Trainer(net, torch.optim.SGD(net.parameters(), lr=0.1), train_batches, val_batches).fit()
""",
    "inside of the function that trains": """\
import torch
import torch.nn.functional as F

def fit(model, optimizer, train_loader, valid_loader):
    for epoch in range(3):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        model.eval()
        total = 0
        for x, y in valid_loader:
            total += F.cross_entropy(model(x), y).item()  # <-
        print(total)
""",
    "with a progress bar": _HEAD
    + """\
from tqdm import tqdm

train()
model.eval()
for i, (x, y) in enumerate(tqdm(val_loader, desc="validation")):
    out = model(x)  # <-
    print(i, F.cross_entropy(out, y).item())
""",
    "under autocast": _HEAD
    + """\
train()
model.eval()
for x, y in val_loader:
    with torch.autocast("cuda"):
        print(F.cross_entropy(model(x), y).item())  # <-
""",
    "detached afterwards": _HEAD
    + """\
def predict(loader):
    outputs = []
    for x, _ in loader:
        outputs.append(model(x).detach().cpu())  # <-
    return torch.cat(outputs)

train()
model.eval()
predict(val_loader)
""",
}

GOOD = {
    "under no_grad": _HEAD
    + """\
train()
model.eval()
with torch.no_grad():
    for x, y in val_loader:
        print(F.cross_entropy(model(x), y).item())
""",
    "decorated": _HEAD
    + """\
@torch.inference_mode()
def test():
    model.eval()
    for x, y in val_loader:
        print(F.cross_entropy(model(x), y).item())

train()
test()
""",
    "a decorator that is not known": _HEAD
    + """\
from my_library import evaluation

@evaluation
def test():
    model.eval()
    for x, y in val_loader:
        print(F.cross_entropy(model(x), y).item())

train()
test()
""",
    "a context that is not known": _HEAD
    + """\
from my_library import inference

train()
model.eval()
with inference(model):
    for x, y in val_loader:
        print(F.cross_entropy(model(x), y).item())
""",
    "the caller may switch it off": """\
import torch.nn.functional as F

def evaluate(model, loader):
    model.eval()
    return sum(F.cross_entropy(model(x), y).item() for x, y in loader)

def validate(model, val_loader):
    model.eval()
    total = 0
    for x, y in val_loader:
        total += F.cross_entropy(model(x), y).item()
    return total
""",
    "adversarial examples": _HEAD
    + """\
def fgsm(x, y, eps=0.1):
    x = x.clone().requires_grad_()
    F.cross_entropy(model(x), y).backward()
    return x + eps * x.grad.sign()

def test_robustness():
    for x, y in val_loader:
        print((model(fgsm(x, y)).argmax(1) == y).float().mean())

train()
model.eval()
test_robustness()
""",
    "set_grad_enabled": _HEAD
    + """\
train()
model.eval()
torch.set_grad_enabled(False)
for x, y in val_loader:
    print(F.cross_entropy(model(x), y).item())
""",
    "frozen by itself": _HEAD
    + """\
train()
model.eval().requires_grad_(False)
for x, y in val_loader:
    print(F.cross_entropy(model(x), y).item())
""",
    "phases of one loop": _HEAD
    + """\
for phase in ("train", "val"):
    model.train(phase == "train")
    for x, y in train_loader if phase == "train" else val_loader:
        with torch.set_grad_enabled(phase == "train"):
            loss = F.cross_entropy(model(x), y)
        if phase == "train":
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
""",
    "the validation data teaches something": _HEAD
    + """\
temperature = torch.ones(1, requires_grad=True)
calibrator = torch.optim.LBFGS([temperature])
train()
for x, y in val_loader:
    calibrator.zero_grad()
    F.cross_entropy(model(x) / temperature, y).backward()
    calibrator.step()
""",
}
