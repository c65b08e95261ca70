"""Runs of train-loader-not-shuffled."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

y = torch.arange(4).repeat_interleave(40)
x = torch.randn(160, 6) + y[:, None]
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
"""
_TRAIN = """\
for epoch in range(2):
    for xb, yb in train_loader:  # <-
        optimizer.zero_grad()
        F.cross_entropy(model(xb), yb).backward()
        optimizer.step()
"""

BAD = {
    "stored class after class": _HEAD + "train_loader = DataLoader(TensorDataset(x, y), batch_size=32)\n" + _TRAIN,
    "a dataset of the user's own, and enumerate": _HEAD
    + """\
class Folders(Dataset):
    def __len__(self):
        return 160

    def __getitem__(self, i):
        return x[i], int(y[i])

train_loader = DataLoader(Folders(), 32, drop_last=True)
"""
    + _TRAIN.replace("for xb, yb in train_loader:", "for i, (xb, yb) in enumerate(train_loader):"),
    "batches of dictionaries": _HEAD
    + """\
rows = [{"pixels": a, "label": b} for a, b in zip(x, y)]
for batch in DataLoader(rows, 32, shuffle=False):  # <-
    optimizer.zero_grad()
    F.cross_entropy(model(batch["pixels"]), batch["label"]).backward()
    optimizer.step()
""",
    "sorted by a number": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

class Fit:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        x = torch.linspace(-1, 1, 200)[:, None]
        self.batches = DataLoader(TensorDataset(x, x.pow(3)), batch_size=25)

    def epoch(self):
        for a, b in self.batches:  # <-
            self.opt.zero_grad()
            nn.functional.mse_loss(self.net(a), b).backward()
            self.opt.step()

fit = Fit()
fit.epoch()
fit.epoch()
""",
}

GOOD = {
    "it shuffles": _HEAD + "train_loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)\n" + _TRAIN,
    "a sampler": _HEAD
    + "from torch.utils.data import SubsetRandomSampler\n"
    + "train_loader = DataLoader(TensorDataset(x, y), batch_size=32, sampler=SubsetRandomSampler(range(160)))\n"
    + _TRAIN,
    "the data was put in random order before": _HEAD
    + "order = torch.randperm(160)\ntrain_loader = DataLoader(TensorDataset(x[order], y[order]), batch_size=32)\n"
    + _TRAIN,
    "windows over a series": """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

series = torch.linspace(0, 20, 220).sin()
windows = series.unfold(0, 12, 1)
model = nn.Sequential(nn.Linear(11, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    for past, future in DataLoader(TensorDataset(windows[:, :11], windows[:, 11:]), batch_size=32):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(past), future).backward()
        optimizer.step()
""",
    "only the evaluation is in order": _HEAD
    + "train_loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)\n"
    + _TRAIN
    + """\
model.eval()
with torch.no_grad():
    for xb, yb in DataLoader(TensorDataset(x + 0.1, y), batch_size=32):
        print(F.cross_entropy(model(xb), yb).item())
""",
    "one batch is all of the data": _HEAD + "train_loader = DataLoader(TensorDataset(x, y), batch_size=160)\n" + _TRAIN,
}
GOOD = {name: text.replace("  # <-", "") for name, text in GOOD.items()}
