"""Runs of repeated-module-object."""

_HEAD = """\
import copy
import torch
import torch.nn.functional as F
from torch import nn
"""
_LEARN = """\
torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(8):
    x = torch.randn(16, 8)
    loss = F.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def _net(*lines: str, name: str = "Net") -> str:
    init = "".join(f"        {line}\n" for line in lines)
    return (
        f"{_HEAD}class {name}(nn.Module):\n    def __init__(self):\n        super().__init__()\n{init}"
        "        self.head = nn.Linear(8, 3)\n"
        "    def forward(self, x):\n        for layer in self.layers:\n            x = torch.relu(layer(x))\n"
        "        return self.head(x)\n"
    )


BAD = {
    "a list times three": _net("self.layers = nn.ModuleList([nn.Linear(8, 8)] * 3)  # <-") + _LEARN,
    "encoder layers": _HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.layers = nn.ModuleList([layer for _ in range(2)])  # <-
        self.head = nn.Linear(16, 4)

    def forward(self, ids):
        h = self.embed(ids)
        for layer in self.layers:
            h = layer(h)
        return self.head(h.mean(1))

model = Encoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(8):
    ids = torch.randint(0, 20, (8, 6))
    optimizer.zero_grad()
    F.cross_entropy(model(ids), ids[:, 0] % 4).backward()
    optimizer.step()
""",
    "convolutions with their norms, between others": _HEAD
    + """\
class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        block = [nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()]
        self.body = nn.Sequential(  # <-
            nn.Conv2d(1, 4, 3), *(block * 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
        )

    def forward(self, x):
        return self.body(x)

net = ConvNet()
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for step in range(8):
    loss = F.cross_entropy(net(torch.randn(8, 1, 8, 8)), torch.randint(0, 2, (8,)))
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "appended in a loop": _net(
        "layer = nn.Sequential(nn.Linear(8, 8), nn.LayerNorm(8))",
        "self.layers = nn.ModuleList()  # <-",
        "for _ in range(4):",
        "    self.layers.append(layer)",
    )
    + _LEARN,
}

GOOD = {
    "built anew": _net("self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])") + _LEARN,
    "copied": _net("layer = nn.Linear(8, 8)", "self.layers = nn.ModuleList([copy.deepcopy(layer) for _ in range(3)])")
    + _LEARN,
    "shared, as its name says": _net("shared = nn.Linear(8, 8)", "self.layers = nn.ModuleList([shared] * 3)") + _LEARN,
    "the weights are tied, as a comment says": _net(
        "block = nn.Linear(8, 8)", "# all layers are tied, as in ALBERT", "self.layers = nn.ModuleList([block] * 3)"
    )
    + _LEARN,
    "the slopes of one activation": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        act = nn.PReLU(8)
        self.body = nn.Sequential(nn.Linear(8, 8), act, nn.Linear(8, 8), act, nn.Linear(8, 3))

    def forward(self, x):
        return self.body(x)
"""
    + _LEARN,
    "one layer, called several times": _net("block = nn.Linear(8, 8)", "self.layers = nn.ModuleList([block])") + _LEARN,
    "the encoder of a pair at both ends": _net(
        "ends = nn.Linear(8, 8)", "self.layers = nn.ModuleList([ends, nn.Linear(8, 8), ends])"
    )
    + _LEARN,
}
