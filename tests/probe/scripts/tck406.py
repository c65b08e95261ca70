"""Runs of split-leakage."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset, random_split

x, y = torch.randn(200, 6), torch.randint(0, 3, (200,))
data = TensorDataset(x, y)
def fit(train_loader, val_loader, *others):
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(2):
        for xb, yb in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(xb), yb).backward()
            optimizer.step()
        with torch.no_grad():
            for xb, yb in val_loader:  # <-
                F.cross_entropy(model(xb), yb).item()
            for loader in others:
                print(sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in loader))
"""
_ONLY = _HEAD.replace("            for xb, yb in val_loader:  # <-", "            for xb, yb in val_loader:")

BAD = {
    "split anew for each loader": _HEAD
    + "fit(DataLoader(random_split(data, [160, 40])[0], 32, shuffle=True), DataLoader(random_split(data, [160, 40])[1], 40))\n",
    "slices that overlap": _HEAD
    + "fit(DataLoader(TensorDataset(x[:150], y[:150]), 32, shuffle=True), DataLoader(TensorDataset(x[140:], y[140:]), 30))\n",
    "trained on everything, validated on a part": _HEAD
    + "fit(DataLoader(data, 32, shuffle=True), DataLoader(Subset(data, range(160, 200)), 40))\n",
    "a dataset for each, and seeds that differ": _HEAD
    + """\
class Part(Dataset):
    def __init__(self, seed, train):
        order = torch.randperm(200, generator=torch.Generator().manual_seed(seed))
        self.rows = order[:150] if train else order[150:]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return x[self.rows[i]], y[self.rows[i]]

fit(DataLoader(Part(0, True), 30, shuffle=True), DataLoader(Part(1, False), 25))
""",
}

GOOD = {
    "split once": _HEAD
    + "train, val = random_split(data, [160, 40])\nfit(DataLoader(train, 32, shuffle=True), DataLoader(val, 40))\n",
    "the training accuracy": _ONLY + "fit(DataLoader(data, 32, shuffle=True), DataLoader(data, 50))\n",
    "a part of the training data beside data that was held out": _ONLY
    + "train, val = random_split(data, [160, 40])\n"
    + "fit(DataLoader(train, 32, shuffle=True), DataLoader(Subset(train, range(40)), 40), DataLoader(val, 40))\n",
    "folds": _HEAD
    + """\
for fold in range(3):
    held = set(range(fold * 60, fold * 60 + 60))
    rest = [i for i in range(200) if i not in held]
    fit(DataLoader(Subset(data, rest), 32, shuffle=True), DataLoader(Subset(data, sorted(held)), 60))
""",
    "samples that are alike by nature": _HEAD
    + """\
x = torch.randint(0, 2, (200, 6)).float()
fit(DataLoader(TensorDataset(x[:150], y[:150]), 32, shuffle=True), DataLoader(TensorDataset(x[150:], y[150:]), 50))
""",
}
