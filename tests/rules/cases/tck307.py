"""Spellings and look-alikes of TCK307."""

HEAD = """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler


def evaluate(model, loader):
    return 0.1, 0.9


def get_loader():
    return torch.load("loader.pt")


train_loader, val_loader = get_loader(), get_loader()
model = nn.Linear(4, 2)
criterion = nn.CrossEntropyLoss()
"""

BAD = {
    "the best weights are copied": HEAD
    + """\
import copy


def train(model, loader, lr):
    optimizer = optim.Adam(model.parameters(), lr=lr)  # <-
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()


best, best_weights = 0.0, None
for epoch in range(20):
    train(model, train_loader, 1e-3)
    _, accuracy = evaluate(model, val_loader)
    if accuracy > best:
        best, best_weights = accuracy, copy.deepcopy(model.state_dict())
""",
    "in the loop": HEAD
    + """\
for epoch in range(20):
    optimizer = optim.Adam(model.parameters(), lr=1e-3)  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "after the model's mode": HEAD
    + """\
num_epochs = 100
for epoch in range(num_epochs):
    model.train()
    running = 0.0
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(running)
""",
    "in the function of an epoch": HEAD
    + """\
def train(model, loader, epoch):
    model.train()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  # <-
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()

for epoch in range(1, 51):
    train(model, train_loader, epoch)
""",
    "nesterov": HEAD
    + """\
for epoch in range(200):
    opt = optim.SGD(model.parameters(), 0.1, 0.9, nesterov=True)  # <-
    for x, y in train_loader:
        opt.zero_grad()
        criterion(model(x), y).backward()
        opt.step()
""",
    "full batch": HEAD
    + """\
x, y = torch.randn(100, 4), torch.zeros(100).long()
for epoch in range(1000):
    optimizer = optim.RMSprop(model.parameters(), lr=1e-3)  # <-
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
""",
    "from the options": HEAD
    + """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=100)
parser.add_argument("--lr", type=float, default=1e-3)
args = parser.parse_args()
for epoch in range(args.epochs):
    optimizer = optim.Adam(model.parameters(), lr=args.lr)  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "a trainer's method": """\
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Linear(4, 10)

    def run_epoch(self, loader):
        optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)  # <-
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(x), y).backward()
            optimizer.step()

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            self.run_epoch(loader)


Trainer().fit(torch.load("loader.pt"), 10)
""",
    "for each batch": HEAD
    + """\
for epoch in range(5):
    for x, y in loader:
        optimizer = optim.Adam(model.parameters(), lr=1e-3)  # <-
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
""",
    "with a progress bar": HEAD
    + """\
from tqdm import trange

for epoch in trange(50):
    optimizer = optim.Adam(model.parameters())  # <-
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
}

GOOD = {
    "a copy of the model is trained in each turn": HEAD
    + """\
import copy

for epoch in range(20):
    model = copy.deepcopy(model)
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "built once": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "folds": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


for fold in range(5):
    model = Net()
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(3):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
""",
    "federated rounds": HEAD
    + """\
for round_number in range(5):
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "plain sgd remembers nothing": HEAD
    + """\
for epoch in range(20):
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "another learning rate each time": HEAD
    + """\
lr = 0.1
for epoch in range(20):
    optimizer = optim.SGD(model.parameters(), lr=lr * 0.95**epoch, momentum=0.9)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "unfrozen halfway": HEAD
    + """\
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(100):
    if epoch == 50:
        optimizer = optim.Adam(model.parameters(), lr=1e-4)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "the model starts anew": HEAD
    + """\
start = model.state_dict()
for epoch_count in [10, 20, 30]:
    model.load_state_dict(start)
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(epoch_count):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
""",
    "a search over learning rates": HEAD
    + """\
for lr in [0.1, 0.01]:
    optimizer = optim.Adam(model.parameters(), lr=lr)
    for epoch in range(3):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
""",
    "several steps on each batch": HEAD
    + """\
for x, y in loader:
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(10):
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    show(model, x)
""",
    "adaptation to each sample": HEAD
    + """\
for x, y in train_loader:
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for step in range(10):
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
""",
    "a latent code per epoch": HEAD
    + """\
for epoch in range(20):
    code = torch.zeros(8, 4, requires_grad=True)
    optimizer = optim.Adam([code], lr=1e-3)
    for step in range(10):
        optimizer.zero_grad()
        criterion(model(code), torch.zeros(8).long()).backward()
        optimizer.step()
""",
}
