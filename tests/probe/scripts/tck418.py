"""Runs of features-of-unlike-scale."""


def _script(scales: str, model: str = "nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)", made: str = "") -> str:
    return f"""\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

raw = torch.randn(128, 4)
y = raw.sum(1, keepdim=True)
x = raw * torch.tensor([{scales}])
{made}
model = nn.Sequential({model})
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True):
        loss = nn.functional.mse_loss(model(xb), yb)MARK
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def _bad(text: str) -> str:
    return text.replace("MARK", "  # <-")


def _good(text: str) -> str:
    return text.replace("MARK", "")


_CLASSES = """\
import torch
from torch import nn

class Table(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 8), nn.Linear(8, 2)

    def forward(self, rows):
        return self.second(torch.tanh(self.first(rows)))  # <-

table = Table()
opt = torch.optim.SGD(table.parameters(), lr=1e-3)
for _ in range(12):
    age, share = torch.randint(18, 80, (32, 1)).float(), torch.rand(32, 1) * 1e-3
    rows = torch.cat([age, share, torch.randn(32, 1)], dim=1)
    loss = nn.functional.cross_entropy(table(rows), (age[:, 0] > 40).long())
    opt.zero_grad()
    loss.backward()
    opt.step()
"""

BAD = {
    "one large column": _bad(_script("1.0, 1.0, 1.0, 5000.0")),
    "one tiny column": _bad(_script("1.0, 1.0, 1e-5, 1.0")),
    "an age beside a share": _CLASSES,
    "a norm behind the layer does not help": _bad(
        _script("1.0, 2000.0, 1.0, 0.5", "nn.Linear(4, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 1)")
    ),
}

GOOD = {
    "one scale for all": _good(_script("1.0, 1.0, 1.0, 1.0")),
    "standardised": _good(_script("1.0, 1.0, 1e-5, 5000.0", made="x = (x - x.mean(0)) / x.std(0)")),
    "the model standardises": _good(
        _script("1.0, 1.0, 1e-5, 5000.0", "nn.BatchNorm1d(4), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)")
    ),
    "powers of a feature": _good(_script("1.0, 1.0, 1.0, 1.0", made="x = x[:, :1] ** torch.arange(1, 5)")),
    "one-hot columns beside a number": _good(
        _script(
            "1.0, 1.0, 1.0, 1.0",
            made="x = torch.cat([x[:, :1], nn.functional.one_hot(torch.randint(0, 3, (128,)), 3)], 1)",
        )
    ),
}
