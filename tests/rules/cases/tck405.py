"""Spellings and near-misses of train-loader-not-shuffled."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from torch.utils.data import DataLoader, Dataset

train_set = torchvision.datasets.MNIST("data", train=True, transform=torchvision.transforms.ToTensor())
test_set = torchvision.datasets.MNIST("data", train=False, transform=torchvision.transforms.ToTensor())
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""


def _loop(loader: str) -> str:
    return f"""\
for epoch in range(3):
    for x, y in {loader}:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
"""


def _with(line: str, loader: str = "train_loader") -> str:
    return f"{_HEAD}{line}\n{_loop(loader)}"


_FUNCTION = """\
def train(model, data, optimizer):
    for i, (x, y) in enumerate(data):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

for epoch in range(3):
    train(model, trainloader, optimizer)
"""

BAD = {
    "only a batch size": _with("train_loader = DataLoader(train_set, batch_size=64)  # <-"),
    "shuffle False": _with("train_loader = DataLoader(train_set, batch_size=64, shuffle=False)  # <-"),
    "by its whole name": _with("trainloader = torch.utils.data.DataLoader(train_set, 64)  # <-", "trainloader"),
    "enumerated": _with("train_loader = DataLoader(train_set, batch_size=64)  # <-", "train_loader").replace(
        "for x, y in train_loader", "for i, (x, y) in enumerate(train_loader)"
    ),
    "no train in its name": _with("loader = DataLoader(train_set, batch_size=64, num_workers=2)  # <-", "loader"),
    "no train in any name": _with("loader = DataLoader(train_set, batch_size=64)  # <-", "loader").replace(
        "train_set", "mnist"
    ),
    "in a dict": _with(
        'loaders = {\n    "train": DataLoader(train_set, batch_size=64),  # <-\n    "val": DataLoader(test_set, 64),\n}',
        'loaders["train"]',
    ),
    "handed to a function": _HEAD + "trainloader = DataLoader(train_set, batch_size=64)  # <-\n" + _FUNCTION,
    "handed on by a function": _HEAD
    + """\
trainloader = DataLoader(train_set, batch_size=64)  # <-

def fit(model, batches, optimizer):
    for epoch in range(3):
        train(model, batches, optimizer)

"""
    + _FUNCTION.partition("\nfor epoch")[0]
    + "\nfit(model, trainloader, optimizer)\n",
    "returned with the one for tests": _HEAD
    + """\
def get_loaders(batch_size):
    train_loader = DataLoader(train_set, batch_size=batch_size, num_workers=4)  # <-
    test_loader = DataLoader(test_set, batch_size=batch_size)
    return train_loader, test_loader
""",
    "a data module": """\
import lightning as L
from torch.utils.data import DataLoader

class Data(L.LightningDataModule):
    def train_dataloader(self):
        return DataLoader(self.train_set, batch_size=32)  # <-

    def val_dataloader(self):
        return DataLoader(self.val_set, batch_size=32)
""",
    "the test's loader shuffles": _with(
        "train_loader = DataLoader(train_set, batch_size=64, shuffle=False)  # <-\n"
        "test_loader = DataLoader(test_set, batch_size=64, shuffle=True)"
    ),
}

GOOD = {
    "each sample is drawn anew": """
from torch.utils.data import DataLoader
from phantoms import RandomPhantomDataset

train_dataset = RandomPhantomDataset(size=64, length=1000)
train_dataloader = DataLoader(train_dataset, batch_size=8)
for x in train_dataloader:
    optimizer.zero_grad()
    model(x).sum().backward()
    optimizer.step()
""",
    "the function that predicts names its loader like the one that trains": _HEAD
    + """\
tr_dl = DataLoader(train_set, batch_size=64, shuffle=True)
va_dl = DataLoader(test_set, batch_size=64)

def train_fn(dl):
    for x, y in dl:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

def predict(dl):
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in dl])

for epoch in range(3):
    train_fn(tr_dl)
    predict(va_dl)
""",
    "it shuffles": _with("train_loader = DataLoader(train_set, batch_size=64, shuffle=True)"),
    "by position": _with("train_loader = DataLoader(train_set, 64, True)"),
    "a sampler shuffles": _with(
        "sampler = torch.utils.data.RandomSampler(train_set)\n"
        "train_loader = DataLoader(train_set, batch_size=64, sampler=sampler)"
    ),
    "a batch sampler": _with("train_loader = DataLoader(train_set, batch_sampler=batches)"),
    "a flag decides": _HEAD
    + "def make(dataset, train, shuffle):\n    return DataLoader(dataset, batch_size=64, shuffle=shuffle)\n",
    "settings from elsewhere": _with("train_loader = DataLoader(train_set, **settings)"),
    "an iterable dataset": """\
import torch
from torch.utils.data import DataLoader, IterableDataset

class Lines(IterableDataset):
    def __iter__(self):
        yield torch.ones(3)

train_loader = DataLoader(Lines(), batch_size=64)
""",
    "a stream": _with("train_loader = DataLoader(train_stream, batch_size=64)"),
    "an evaluation": _with("test_loader = DataLoader(test_set, batch_size=64)", "DataLoader(train_set, shuffle=True)"),
    "evaluation on what was trained on": _with(
        "train_eval_loader = DataLoader(train_set, batch_size=64)", "DataLoader(train_set, shuffle=True)"
    ),
    "features are extracted": _HEAD
    + """\
train_loader = DataLoader(train_set, batch_size=256)
features = []
with torch.no_grad():
    for x, y in train_loader:
        features.append(model(x))
""",
    "rows that are random anyway": """\
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

x = torch.randn(128, 4)
y = x.sum(dim=1, keepdim=True)
train_loader = DataLoader(TensorDataset(x, y), batch_size=16)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in train_loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    "the dataset shuffles itself": _HEAD
    + """\
import random

class Shuffled(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def start_epoch(self):
        random.shuffle(self.rows)

    def __getitem__(self, i):
        return self.rows[i]

train_loader = DataLoader(Shuffled(list(train_set)), batch_size=64)
"""
    + _loop("train_loader"),
    "shuffled before": _with("train_loader = DataLoader(load('train').shuffle(seed=1), batch_size=64)"),
    "a split at random": _with(
        "train_part, val_part = torch.utils.data.random_split(train_set, [50000, 10000])\n"
        "train_loader = DataLoader(train_part, batch_size=64)"
    ),
    "a time series": _with("train_loader = DataLoader(TimeSeriesDataset(train_rows), batch_size=64)"),
    "running text": """\
import lightning as L
from torch.utils.data import DataLoader
from texts import WikiText2

class Model(L.LightningModule):
    def train_dataloader(self):
        dataset = WikiText2()
        return DataLoader(dataset)
""",
    "state carried over batches": _HEAD
    + """\
train_loader = DataLoader(train_set, batch_size=64)
hidden = model.init_hidden(64)
for x, y in train_loader:
    hidden = repackage_hidden(hidden)
    optimizer.zero_grad()
    output, hidden = model(x, hidden)
    F.cross_entropy(output, y).backward()
    optimizer.step()
""",
    "all at once": _with("train_loader = DataLoader(train_set, batch_size=len(train_set))"),
    "another library's": """\
from torch_geometric.loader import DataLoader

train_loader = DataLoader(train_set, batch_size=64)
""",
    "a single batch on purpose": _HEAD
    + "overfit_loader = DataLoader(train_set, batch_size=8)\n"
    + _loop("overfit_loader"),
    "statistics of the data": _HEAD
    + """\
def compute_mean_and_std(train_set):
    train_loader = DataLoader(train_set, batch_size=64)
    return sum(x.mean() for x, _ in train_loader) / len(train_loader)
""",
    "a loader of which another one is made that draws at random": _HEAD
    + """
from opacus import PrivacyEngine
train_loader = DataLoader(train_set, batch_size=64)
model, optimizer, train_loader = PrivacyEngine().make_private(
    module=model, optimizer=optimizer, data_loader=train_loader, noise_multiplier=1.0, max_grad_norm=1.0
)
for x, y in train_loader:
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
}
