"""Runs of non-finite-input."""

_TRAIN = """\
for epoch in range(2):
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=16):
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()  # <-
        optimizer.step()
"""
_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

x, y = torch.randn(64, 6), torch.randn(64, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
"""

BAD = {
    "a missing value in a table": _HEAD + "x[50, 3] = float('nan')\n" + _TRAIN,
    "a missing target": _HEAD + "y[9] = float('nan')\n" + _TRAIN,
    "a constant column, standardised": _HEAD + "x[:, 2] = 1.0\nx = (x - x.mean(0)) / x.std(0)\n" + _TRAIN,
    "the logarithm of a zero, in images": """\
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(4):
    spectrum = torch.rand(8, 1, 8, 8)
    spectrum[3, 0, 2, 2] = 0.0
    loss = nn.functional.cross_entropy(net(spectrum.log()), torch.randint(0, 3, (8,)))
    opt.zero_grad()
    loss.backward()  # <-
    opt.step()
""",
}

GOOD = {
    "filled in inside of the model": _HEAD.replace(
        "model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))",
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.body(torch.cat([x.nan_to_num(0.0), x.isnan().float()], dim=1))

model = Net()""",
    )
    + "x[torch.rand(64, 6) < 0.2] = float('nan')\n"
    + _TRAIN,
    "missing targets are masked out": _HEAD
    + """\
y[torch.rand(64, 1) < 0.3] = float("nan")
for xb, yb in DataLoader(TensorDataset(x, y), batch_size=16):
    known = ~yb.isnan()
    optimizer.zero_grad()
    criterion(model(xb)[known], yb[known]).backward()
    optimizer.step()
""",
    "a mask of minus infinity in attention": """\
import torch
from torch import nn

attention, head = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 2)
optimizer = torch.optim.Adam([*attention.parameters(), *head.parameters()], lr=1e-3)
mask = torch.full((5, 5), float("-inf")).triu(1)
for _ in range(4):
    x = torch.randn(4, 5, 8)
    hidden, _weights = attention(x, x, x, attn_mask=mask)
    loss = nn.functional.cross_entropy(head(hidden[:, -1]), torch.randint(0, 2, (4,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "broken rows are left out": _HEAD
    + """\
x[10:13] = float("nan")
for xb, yb in DataLoader(TensorDataset(x, y), batch_size=16):
    whole = xb.isfinite().all(1)
    optimizer.zero_grad()
    criterion(model(xb[whole]), yb[whole]).backward()
    optimizer.step()
""",
}
