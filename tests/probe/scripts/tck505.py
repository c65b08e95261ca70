"""Runs of missing-eval."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

class Net(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.drop = nn.Dropout(p)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        return self.fc2(self.drop(F.relu(self.fc1(x))))

train_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=8, shuffle=True)
test_loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,))), batch_size=16)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
"""

BAD = {
    "no_grad only, once all training is over": _HEAD
    + """\
correct = 0
with torch.no_grad():
    for x, y in test_loader:
        correct += (model(x).argmax(1) == y).sum().item()  # <-
""",
    "a decorated function, in each epoch": _HEAD.replace(
        "model = Net()",
        """\
@torch.inference_mode()
def validate(net):
    return sum(F.cross_entropy(net(x), y).item() for x, y in test_loader)  # <-

model = Net()""",
    )
    + """\
    print(epoch, validate(model))
""",
    "a trainer class with a convolutional net and batch norm": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.05, momentum=0.9)
        data = TensorDataset(torch.randn(64, 1, 8, 8), torch.randint(0, 2, (64,)))
        self.loader, self.held_out = DataLoader(data, 16, shuffle=True), DataLoader(data, 32)

    def epoch(self):
        for images, labels in self.loader:
            loss = nn.functional.cross_entropy(self.net(images), labels)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()

    def accuracy(self):
        with torch.no_grad():
            return sum((self.net(i).argmax(1) == l).sum().item() for i, l in self.held_out)  # <-

trainer = Trainer()
for _ in range(3):
    trainer.epoch()
    trainer.accuracy()
""",
    "by hand, without a loader": """\
import torch
from torch import nn

x_train, y_train = torch.randn(100, 4), torch.randn(100, 1)
x_test, y_test = torch.randn(20, 4), torch.randn(20, 1)
model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters())
criterion = nn.MSELoss()
for epoch in range(50):
    loss = criterion(model(x_train), y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        test_loss = criterion(model(x_test), y_test)  # <-
""",
    "a recurrent net with dropout between its layers": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.rnn = nn.LSTM(8, 8, num_layers=2, dropout=0.3, batch_first=True)
        self.out = nn.Linear(8, 5)

    def forward(self, ids):
        return self.out(self.rnn(self.embed(ids))[0])

data = TensorDataset(torch.randint(0, 20, (48, 6)), torch.randint(0, 5, (48, 6)))
tagger = Tagger()
optimizer = torch.optim.Adam(tagger.parameters())
for epoch in range(3):
    for ids, tags in DataLoader(data, 8, shuffle=True):
        loss = nn.functional.cross_entropy(tagger(ids).flatten(0, 1), tags.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for ids, tags in DataLoader(data, 16):
            hits = (tagger(ids).argmax(-1) == tags).float().mean()  # <-
""",
}

GOOD = {
    "it is put in evaluation mode": _HEAD
    + """\
    model.eval()
    with torch.no_grad():
        for x, y in test_loader:
            print(F.cross_entropy(model(x), y).item())
""",
    "nothing in it depends on the mode": _HEAD.replace("p=0.5", "p=0.0")
    + """\
with torch.no_grad():
    for x, y in test_loader:
        print(F.cross_entropy(model(x), y).item())
""",
    "Monte-Carlo dropout draws several times for each batch": _HEAD
    + """\
with torch.no_grad():
    for x, y in test_loader:
        draws = torch.stack([model(x).softmax(-1) for _ in range(5)])
        print(draws.std(0).mean().item())
""",
    "Monte-Carlo dropout switches the dropout on by itself": _HEAD
    + """\
model.eval()
model.drop.train()
with torch.no_grad():
    for x, y in test_loader:
        print(model(x).softmax(-1).mean().item())
""",
    "batch-norm statistics are renewed by hand": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.randn(64, 4), torch.randn(64, 1)), 8, shuffle=True)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
model.train()
with torch.no_grad():
    for x, _ in loader:
        model(x)
""",
    "batch-norm statistics are renewed by torch": """\
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset

model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
averaged = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loader = DataLoader(TensorDataset(torch.randn(64, 4), torch.randn(64, 1)), 8, shuffle=True)
for epoch in range(3):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    averaged.update_parameters(model)
update_bn(loader, averaged)
update_bn(loader, model)
""",
    "a teacher that follows the student stays in training mode": """\
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

student = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4))
teacher = copy.deepcopy(student).requires_grad_(False)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
for epoch in range(3):
    for (x,) in DataLoader(TensorDataset(torch.randn(64, 4)), 8, shuffle=True):
        with torch.no_grad():
            target = teacher(x + 0.1 * torch.randn_like(x))
        loss = nn.functional.mse_loss(student(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(teacher.parameters(), student.parameters()):
                slow.lerp_(fast, 0.01)
""",
    "labels are guessed for the loss of the same step": """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
labelled = DataLoader(TensorDataset(torch.randn(64, 4), torch.randint(0, 3, (64,))), 8, shuffle=True)
unlabelled = DataLoader(TensorDataset(torch.randn(64, 4)), 8, shuffle=True)
for epoch in range(3):
    for (x, y), (u,) in zip(labelled, unlabelled):
        with torch.no_grad():
            guess = (model(u).softmax(-1) + model(u + 0.1).softmax(-1)) / 2
        loss = F.cross_entropy(model(x), y) + F.cross_entropy(model(u), guess)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
    "a generator is sampled from while it trains": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

G = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g, opt_d = torch.optim.Adam(G.parameters(), 2e-4), torch.optim.Adam(D.parameters(), 2e-4)
bce, fixed = nn.BCEWithLogitsLoss(), torch.randn(8, 4)
for epoch in range(3):
    for (real,) in DataLoader(TensorDataset(torch.randn(64, 2)), 8, shuffle=True):
        fake = G(torch.randn(8, 4))
        opt_d.zero_grad()
        (bce(D(real), torch.ones(8, 1)) + bce(D(fake.detach()), torch.zeros(8, 1))).backward()
        opt_d.step()
        opt_g.zero_grad()
        bce(D(fake), torch.ones(8, 1)).backward()
        opt_g.step()
    with torch.no_grad():
        samples = G(fixed)
""",
}
