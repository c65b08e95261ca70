"""TCK419 batchnorm-batch-of-one."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

"""
_NET = """\
class Net(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.fc1 = nn.Linear(10, hidden)
        self.bn1 = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, 2)

    def forward(self, x):
        x = F.relu(self.bn1(self.fc1(x)))
        return self.fc2(x)

"""
_SEQUENTIAL = "model = nn.Sequential(nn.Linear(10, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))\n"
_MODEL = _NET + "model = Net()\n"
_OPTIMIZER = "optimizer = torch.optim.Adam(model.parameters())\ncriterion = nn.CrossEntropyLoss()\n"
_DATA = "x = torch.randn(129, 10)\ny = torch.randint(0, 2, (129,))\ndataset = TensorDataset(x, y)\n"
_LOOP = """\
for epoch in range(3):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)  # <-
        loss.backward()
        optimizer.step()
"""
_RIGHT_LOOP = _LOOP.replace("  # <-", "")
_SHUFFLED = "loader = DataLoader(dataset, batch_size=32, shuffle=True)\n"
_ONE = """\
sample, label = torch.randn(1, 10), torch.tensor([1])
for step in range(5):
    optimizer.zero_grad()
    loss = criterion(model(sample), label)  # <-
    loss.backward()
    optimizer.step()
"""
_RIGHT_ONE = _ONE.replace("  # <-", "")

BAD = {
    "one is left over": _HEAD + _MODEL + _OPTIMIZER + _DATA + _SHUFFLED + _LOOP,
    "in a Sequential": _HEAD + _SEQUENTIAL + _OPTIMIZER + _DATA + _SHUFFLED + _LOOP,
    "batch size by name": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "BATCH_SIZE = 64\nloader = DataLoader(dataset, BATCH_SIZE, shuffle=True, drop_last=False)\n"
    + _LOOP,
    "enumerated, and on a device": _HEAD
    + "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
    + _NET
    + "model = Net().to(device)\n"
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + """\
for epoch in range(3):
    model.train()
    for i, (xb, yb) in enumerate(loader):
        xb, yb = xb.to(device), yb.to(device)
        optimizer.zero_grad()
        out = model(xb)  # <-
        loss = criterion(out, yb)
        loss.backward()
        optimizer.step()
""",
    "loader of single items": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "loader = DataLoader(dataset, batch_size=1, shuffle=True)\n"
    + _LOOP,
    "no batch size": _HEAD + _MODEL + _OPTIMIZER + _DATA + "loader = DataLoader(dataset, shuffle=True)\n" + _LOOP,
    "a dataset of the project in single items": _HEAD
    + """\
class Points(Dataset):
    def __len__(self):
        return 100

    def __getitem__(self, i):
        return torch.randn(10), torch.tensor(1)

"""
    + _MODEL
    + _OPTIMIZER
    + "loader = DataLoader(Points(), batch_size=1, shuffle=True)\n"
    + _LOOP,
    "a part of a dataset": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "train_set, rest = random_split(dataset, [97, 32])\nloader = DataLoader(train_set, batch_size=32, shuffle=True)\n"
    + _LOOP,
    "a single sample": _HEAD + _MODEL + _OPTIMIZER + _ONE,
    "a single sample, unsqueezed": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _ONE.replace("torch.randn(1, 10)", "torch.randn(10).unsqueeze(0)"),
    "two norms": _HEAD
    + _SEQUENTIAL.replace("nn.Linear(16, 2)", "nn.Linear(16, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 2)")
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + _LOOP,
    "in a function": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + """\
def train(model, loader):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)  # <-
        loss.backward()
        optimizer.step()


train(model, loader)
""",
}

GOOD = {
    "drop_last": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "loader = DataLoader(dataset, batch_size=32, shuffle=True, drop_last=True)\n"
    + _RIGHT_LOOP,
    "nothing is left over": _HEAD + _MODEL + _OPTIMIZER + _DATA.replace("129", "128") + _SHUFFLED + _RIGHT_LOOP,
    "two are left over": _HEAD + _MODEL + _OPTIMIZER + _DATA.replace("129", "130") + _SHUFFLED + _RIGHT_LOOP,
    "a batch size that is not known": _HEAD
    + "import sys\n"
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "loader = DataLoader(dataset, batch_size=int(sys.argv[1]), shuffle=True)\n"
    + _RIGHT_LOOP,
    "data that is not known": _HEAD
    + _MODEL
    + _OPTIMIZER
    + "x, y = torch.load('data.pt', weights_only=True)\ndataset = TensorDataset(x, y)\n"
    + _SHUFFLED
    + _RIGHT_LOOP,
    "layer norm": _HEAD
    + _SEQUENTIAL.replace("BatchNorm1d(16)", "LayerNorm(16)")
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + _RIGHT_LOOP,
    "group norm": _HEAD + _SEQUENTIAL.replace("BatchNorm1d(16)", "GroupNorm(4, 16)") + _OPTIMIZER + _RIGHT_ONE,
    "a norm that synchronises": _HEAD + _SEQUENTIAL.replace("BatchNorm1d", "SyncBatchNorm") + _OPTIMIZER + _RIGHT_ONE,
    "images": _HEAD
    + "model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))\n"
    + _OPTIMIZER
    + _RIGHT_ONE.replace("torch.randn(1, 10)", "torch.randn(1, 3, 8, 8)"),
    "sequences": _HEAD
    + "model = nn.Sequential(nn.Conv1d(3, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.Flatten(), nn.Linear(24, 2))\n"
    + _OPTIMIZER
    + _RIGHT_ONE.replace("torch.randn(1, 10)", "torch.randn(1, 3, 8)"),
    "frozen norm": _HEAD + _MODEL + "model.bn1.eval()\n" + _OPTIMIZER + _DATA + _SHUFFLED + _RIGHT_LOOP,
    "a sample after training, in evaluation mode": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA.replace("129", "128")
    + _SHUFFLED
    + _RIGHT_LOOP
    + "model.eval()\nwith torch.no_grad():\n    print(model(torch.randn(1, 10)).argmax(dim=1))\n",
    "evaluation over the left over one": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "loader = DataLoader(dataset, batch_size=43, shuffle=True)\nval_loader = DataLoader(dataset, batch_size=32)\n"
    + "for epoch in range(3):\n    model.train()\n"
    + _RIGHT_LOOP.partition("\n")[2]
    + """\
    model.eval()
    correct = 0
    with torch.no_grad():
        for xb, yb in val_loader:
            correct += (model(xb).argmax(dim=1) == yb).sum().item()
""",
    "small batches are passed over": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + _RIGHT_LOOP.replace(
        "        optimizer.zero_grad()", "        if len(xb) < 2:\n            continue\n        optimizer.zero_grad()"
    ),
    "the norm looks at the size": _HEAD
    + _MODEL.replace(
        "        x = F.relu(self.bn1(self.fc1(x)))\n",
        "        x = self.fc1(x)\n        if x.shape[0] > 1:\n            x = self.bn1(x)\n        x = F.relu(x)\n",
    )
    + _OPTIMIZER
    + _RIGHT_ONE,
    "the loop ends before": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + _RIGHT_LOOP.replace("for xb, yb in loader:", "for i, (xb, yb) in enumerate(loader):").replace(
        "        optimizer.zero_grad()", "        if i == 4:\n            break\n        optimizer.zero_grad()"
    ),
    "repeated to a batch": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _RIGHT_ONE.replace("model(sample)", "model(sample.repeat(4, 1))").replace("([1])", "([1, 0, 1, 0])"),
    "joined to batches of the loader": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + _RIGHT_LOOP.replace("model(xb), yb", "model(torch.cat([xb, xb])), torch.cat([yb, yb])"),
    "a sampler draws so many": _HEAD
    + "from torch.utils.data import RandomSampler\n"
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "sampler = RandomSampler(dataset, replacement=True, num_samples=64)\n"
    + "loader = DataLoader(dataset, batch_size=32, sampler=sampler)\n"
    + _RIGHT_LOOP,
    "a subset": _HEAD
    + "from torch.utils.data import Subset\n"
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + "dataset = Subset(dataset, range(128))\n"
    + _SHUFFLED
    + _RIGHT_LOOP,
    "a norm whose mode is set by hand": _HEAD + _MODEL + "model.bn1.training = False\n" + _OPTIMIZER + _RIGHT_ONE,
    "the shorter loader ends first": _HEAD
    + _MODEL
    + _OPTIMIZER
    + _DATA
    + _SHUFFLED
    + _RIGHT_LOOP.replace("for xb, yb in loader", "for (xb, yb), _ in zip(loader, range(3))"),
}
