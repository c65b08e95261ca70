"""Spellings and near-misses of missing-eval."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

class Net(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.drop = nn.Dropout(p)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        return self.fc2(self.drop(F.relu(self.fc1(x))))

train_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=16, shuffle=True)
test_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=16)
criterion = nn.CrossEntropyLoss()
"""
_TRAIN = """\
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
"""

BAD = {
    "no_grad only, at the end of the script": _HEAD
    + _TRAIN
    + """\
correct = 0
with torch.no_grad():
    for x, y in test_loader:
        outputs = model(x)  # <-
        correct += (outputs.argmax(1) == y).sum().item()
""",
    "a sum over the batches": _HEAD
    + _TRAIN
    + """\
def accuracy(model, loader):
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader.dataset)  # <-
print(accuracy(model, test_loader))
""",
    "validation inside the epoch": _HEAD
    + _TRAIN
    + """\
    val_loss = 0.0
    with torch.no_grad():
        for x, y in test_loader:
            val_loss += criterion(model(x), y).item()  # <-
    print(epoch, val_loss)
""",
    "a function that forgets it": _HEAD
    + """\
def train(model, optimizer, loader):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()

def test(model, loader):
    correct = 0
    with torch.inference_mode():
        for x, y in loader:
            correct += (model(x).argmax(1) == y).sum().item()  # <-
    return correct

def main():
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(5):
        train(model, optimizer, train_loader)
        test(model, test_loader)

if __name__ == "__main__":
    main()
""",
    "with gradients recorded, too": _HEAD
    + _TRAIN
    + """\
def evaluate(model, loader):
    total = 0
    for x, y in loader:
        total += (model(x).argmax(1) == y).sum().item()  # <-
    return total

print(evaluate(model, test_loader))
""",
    "a trainer class": _HEAD
    + """\
class Trainer:
    def __init__(self, model, train_loader, val_loader):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters())
        self.train_loader = train_loader
        self.val_loader = val_loader

    def train_epoch(self):
        self.model.train()
        for x, y in self.train_loader:
            self.optimizer.zero_grad()
            F.cross_entropy(self.model(x), y).backward()
            self.optimizer.step()

    @torch.no_grad()
    def validate(self):
        losses = []
        for x, y in self.val_loader:
            losses.append(F.cross_entropy(self.model(x), y).item())  # <-
        return sum(losses) / len(losses)

    def fit(self, epochs):
        for _ in range(epochs):
            self.train_epoch()
            print(self.validate())

Trainer(Net(), train_loader, test_loader).fit(3)
""",
    "loaded weights, evaluated at once": _HEAD
    + """\
model = Net()
model.load_state_dict(torch.load("model.pt"))
hits = 0
with torch.no_grad():
    for images, labels in test_loader:
        hits += (model(images).argmax(1) == labels).sum()  # <-
print(hits)
""",
    "model.train() by mistake": _HEAD
    + _TRAIN
    + """\
model.train()
correct = 0
with torch.no_grad():
    for x, y in test_loader:
        correct += (model(x).argmax(1) == y).sum().item()  # <-
""",
    "a whole test set at once": """\
import torch
from torch import nn

X_train, y_train = torch.randn(100, 4), torch.randn(100, 1)
X_test, y_test = torch.randn(20, 4), torch.randn(20, 1)
model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(100):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(X_train), y_train)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        test_loss = nn.functional.mse_loss(model(X_test), y_test)  # <-
""",
    "a ready-made model": """\
import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

device = torch.device("cuda")
train_loader = DataLoader(datasets.CIFAR10("data", train=True, transform=transforms.ToTensor()), 64, shuffle=True)
val_loader = DataLoader(datasets.CIFAR10("data", train=False, transform=transforms.ToTensor()), 64)
model = models.resnet18(weights=None).to(device)
model.fc = nn.Linear(512, 10).to(device)
optimizer = optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images.to(device)), labels.to(device)).backward()
        optimizer.step()
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images.to(device))  # <-
            print((logits.argmax(1).cpu() == labels).float().mean())
""",
    "functional dropout that follows the mode": """\
import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 8), nn.Linear(8, 2)

    def forward(self, x):
        return self.b(F.dropout(torch.relu(self.a(x)), 0.3, training=self.training))

net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for x, y in train_batches:
    opt.zero_grad()
    F.cross_entropy(net(x), y).backward()
    opt.step()
with torch.no_grad():
    accuracy = [(net(x).argmax(1) == y).float().mean() for x, y in test_batches]
    for x, y in test_batches:
        print(F.cross_entropy(net(x), y))  # <-
""",
    "one of two models, and neither is put in evaluation mode": """
import torch
import torch.nn.functional as F
from torch import nn

class Small(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))

class Large(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))

def main(large, train_loader, val_loader):
    model = Large() if large else Small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(3):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        correct = 0
        with torch.no_grad():
            for x, y in val_loader:
                correct += (model(x).argmax(1) == y).sum().item()  # <-
        print(correct / len(val_loader.dataset))
""",
}

GOOD = {
    "it is put in evaluation mode": _HEAD
    + _TRAIN
    + """\
    model.eval()
    with torch.no_grad():
        for x, y in test_loader:
            print(criterion(model(x), y).item())
""",
    "train(False) is eval": _HEAD
    + _TRAIN
    + """\
model.train(False)
with torch.no_grad():
    for x, y in test_loader:
        print(criterion(model(x), y).item())
""",
    "nothing in it depends on the mode": _HEAD.replace("nn.Dropout(p)", "nn.Dropout(0.0)")
    + _TRAIN
    + """\
with torch.no_grad():
    for x, y in test_loader:
        print(criterion(model(x), y).item())
""",
    "Monte-Carlo dropout": _HEAD
    + _TRAIN
    + """\
def mc_predict(model, loader, n_samples=20):
    means = []
    with torch.no_grad():
        for x, _ in loader:
            means.append(torch.stack([model(x).softmax(-1) for _ in range(n_samples)]).mean(0))
    return torch.cat(means)

mc_predict(model, test_loader)
""",
    "batch-norm statistics are renewed": """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
model.load_state_dict(torch.load("averaged.pt"))
model.train()
with torch.no_grad():
    for x, _ in train_loader:
        model(x)
model.eval()
""",
    "the mode is set by the caller": _HEAD
    + _TRAIN
    + """\
def accuracy(model, loader):
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += (model(x).argmax(1) == y).sum().item()
    return hits

model.eval()
print(accuracy(model, test_loader))
""",
    "nobody is seen to call it": _HEAD
    + """\
@torch.no_grad()
def validate(model: Net, loader):
    return [F.cross_entropy(model(x), y).item() for x, y in loader]

class Runner:
    def __init__(self):
        self.net = Net()

    def validate(self, loader):
        with torch.no_grad():
            for x, y in loader:
                print(F.cross_entropy(self.net(x), y))
""",
    "a function that can't be seen sets it": _HEAD
    + """\
from engine_library import set_eval
"""
    + _TRAIN
    + """\
set_eval(model)
with torch.no_grad():
    for x, y in test_loader:
        print(criterion(model(x), y).item())
""",
    "part by part": _HEAD
    + _TRAIN
    + """\
for module in model.modules():
    module.eval()
with torch.no_grad():
    for x, y in test_loader:
        print(criterion(model(x), y).item())
""",
    "eval through the wrapper": _HEAD
    + """\
model = nn.DataParallel(Net())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for phase in ["train", "val"]:
        if phase == "train":
            model.train()
        else:
            model.eval()
        for x, y in train_loader if phase == "train" else test_loader:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                loss = criterion(model(x), y)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
""",
    "a generator that is sampled from while it trains": """\
import torch
from torch import nn

netG = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))
fixed_noise = torch.randn(16, 8)
optimizer = torch.optim.Adam(netG.parameters())
for step in range(100):
    optimizer.zero_grad()
    netG(torch.randn(16, 8)).pow(2).mean().backward()
    optimizer.step()
    if step % 10 == 0:
        with torch.no_grad():
            images = netG(fixed_noise)
""",
    "a copy is evaluated": _HEAD
    + """\
import copy
"""
    + _TRAIN
    + """\
    snapshot = copy.deepcopy(model)
    snapshot.eval()
    with torch.no_grad():
        for x, y in test_loader:
            print(criterion(snapshot(x), y).item())
""",
    "a decorator that evaluates": _HEAD
    + """\
import functools

def in_eval_mode(function):
    @functools.wraps(function)
    def inner(model, *args):
        was_training = model.training
        model.eval()
        try:
            return function(model, *args)
        finally:
            model.train(was_training)
    return inner

@torch.no_grad()
@in_eval_mode
def validate(model, loader):
    return sum(F.cross_entropy(model(x), y).item() for x, y in loader)

"""
    + _TRAIN
    + """\
    print(validate(model, test_loader))
""",
    "one of two models, whichever it is": """
import torch
import torch.nn.functional as F
from torch import nn

class Small(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))

class Large(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))

def main(large, train_loader, val_loader):
    model = Large() if large else Small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(3):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        model.eval()
        correct = 0
        with torch.no_grad():
            for x, y in val_loader:
                correct += (model(x).argmax(1) == y).sum().item()
        print(correct / len(val_loader.dataset))
""",
}
