"""Spellings and near-misses of train-mode-not-restored."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.bn = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(torch.relu(self.bn(self.conv(x))).mean((2, 3)))

def step(model, optimizer, x, y):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()

"""

BAD = {
    "train() once before the epochs": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.train()
for epoch in range(10):
    for x, y in train_loader:
        step(model, optimizer, x, y)
    model.eval()  # <-
    with torch.no_grad():
        for x, y in val_loader:
            print(F.cross_entropy(model(x), y).item())
""",
    "no train() at all": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        model.eval()  # <-
        for x, y in val_loader:
            print((model(x).argmax(1) == y).float().mean())
""",
    "in the function that evaluates": _HEAD
    + """\
def evaluate(net, loader):
    net.eval()  # <-
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += (net(x).argmax(1) == y).sum().item()
    return hits

def main():
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(10):
        for x, y in train_loader:
            step(model, optimizer, x, y)
        print(evaluate(model, val_loader))

if __name__ == "__main__":
    main()
""",
    "in the middle of an epoch": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    model.train()
    for i, (x, y) in enumerate(train_loader):
        step(model, optimizer, x, y)
        if i % 500 == 0:
            model.eval()  # <-
            with torch.no_grad():
                print(sum(F.cross_entropy(model(a), b) for a, b in val_loader))
""",
    "a model that is a parameter": """\
import torch
import torch.nn.functional as F

def fit(model, optimizer, train_loader, val_loader, epochs):
    model.train()
    for epoch in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        model.eval()  # <-
        with torch.no_grad():
            loss = sum(F.cross_entropy(model(x), y) for x, y in val_loader)
        print(loss)
""",
    "a trainer class": _HEAD
    + """\
class Trainer:
    def __init__(self):
        self.model = Net()
        self.optimizer = torch.optim.Adam(self.model.parameters())

    def validate(self):
        self.model.eval()  # <-
        with torch.no_grad():
            return sum(F.cross_entropy(self.model(x), y).item() for x, y in self.val_loader)

    def fit(self):
        for epoch in range(5):
            for x, y in self.train_loader:
                step(self.model, self.optimizer, x, y)
            self.validate()

Trainer().fit()
""",
    "train() of another model": _HEAD
    + """\
teacher, student = Net(), Net()
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
student.train()
for epoch in range(3):
    teacher.train()
    for x, y in train_loader:
        step(student, optimizer, x, y)
    student.eval()  # <-
    print(student(x_val).argmax(1))
""",
    "a while loop over steps": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.train()
i = 0
while i < 10_000:
    x, y = next(batches)
    step(model, optimizer, x, y)
    i += 1
    if i % 1000 == 0:
        model.train(False)  # <-
        with torch.no_grad():
            print(F.cross_entropy(model(x_val), y_val))
""",
    "every few epochs": _HEAD
    + """\
def train(model, optimizer, epochs):
    model.train()
    for epoch in range(epochs):
        for x, y in train_loader:
            step(model, optimizer, x, y)
        if epoch % 5 == 4:
            model.eval()  # <-
            with torch.no_grad():
                print(F.cross_entropy(model(x_val), y_val))

model = Net()
train(model, torch.optim.SGD(model.parameters(), lr=0.1), 100)
""",
}

GOOD = {
    "train() at the top of each epoch": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    model.train()
    for x, y in train_loader:
        step(model, optimizer, x, y)
    model.eval()
    with torch.no_grad():
        print(F.cross_entropy(model(x_val), y_val))
""",
    "train() in the function that trains": _HEAD
    + """\
def train_epoch(model, optimizer):
    model.train()
    for x, y in train_loader:
        step(model, optimizer, x, y)

def evaluate(model):
    model.eval()
    with torch.no_grad():
        return F.cross_entropy(model(x_val), y_val)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    train_epoch(model, optimizer)
    print(evaluate(model))
""",
    "train() right after the evaluation": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for i, (x, y) in enumerate(train_loader):
    step(model, optimizer, x, y)
    if i % 100 == 0:
        model.eval()
        with torch.no_grad():
            print(F.cross_entropy(model(x_val), y_val))
        model.train()
""",
    "the mode is put back as it was": _HEAD
    + """\
def evaluate(model):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = F.cross_entropy(model(x_val), y_val)
    model.train(was_training)
    return loss

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in train_loader:
    step(model, optimizer, x, y)
    print(evaluate(model))
""",
    "only a part stays in evaluation mode": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.train()
for x, y in train_loader:
    model.bn.eval()
    step(model, optimizer, x, y)
""",
    "fine-tuned in evaluation mode from the start": _HEAD
    + """\
model = Net()
model.load_state_dict(torch.load("net.pt"))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.eval()
for epoch in range(10):
    for x, y in train_loader:
        step(model, optimizer, x, y)
    model.eval()
    print(F.cross_entropy(model(x_val), y_val).item())
""",
    "the evaluation ends the training": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(1000):
    x, y = next(batches)
    step(model, optimizer, x, y)
    if i == 900:
        model.eval()
        print(F.cross_entropy(model(x_val), y_val).item())
        break
""",
    "a new model for each fold": _HEAD
    + """\
for fold in range(5):
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in train_loader:
        step(model, optimizer, x, y)
    model.eval()
    with torch.no_grad():
        print(F.cross_entropy(model(x_val), y_val))
""",
    "phases of one loop": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    for phase in ("train", "val"):
        model.train(phase == "train")
        for x, y in loaders[phase]:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                loss = F.cross_entropy(model(x), y)
            if phase == "train":
                loss.backward()
                optimizer.step()
""",
    "something unseen may switch it back": _HEAD
    + """\
from my_library import evaluate
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    for x, y in train_loader:
        step(model, optimizer, x, y)
    model.eval()
    evaluate(model)
""",
    "a context manager": _HEAD
    + """\
from contextlib import contextmanager

@contextmanager
def evaluating(model):
    model.eval()
    try:
        yield model
    finally:
        model.train()

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    for x, y in train_loader:
        step(model, optimizer, x, y)
    with evaluating(model), torch.no_grad():
        print(F.cross_entropy(model(x_val), y_val))
""",
    "the evaluation is after the training": _HEAD
    + """\
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.train()
for x, y in train_loader:
    step(model, optimizer, x, y)
model.eval()
with torch.no_grad():
    print(F.cross_entropy(model(x_val), y_val))
""",
    "a copy of what somebody gave": _HEAD
    + """import copy
class Collector:
    def __init__(self, model):
        self.model = copy.deepcopy(model)
        self.found = []
    def collect(self, loader, lr):
        self.model.train()
        optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)
        for epoch in range(10):
            for x, y in loader:
                optimizer.zero_grad()
                F.cross_entropy(self.model(x), y).backward()
                optimizer.step()
            sample = copy.deepcopy(self.model)
            sample.eval()
            self.found.append(sample)
""",
}
