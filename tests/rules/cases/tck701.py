"""TCK701 unseeded."""

_HEAD = """
import torch
from torch import nn
"""
_LOOP = """
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()  # <-
    optimizer.step()
"""
_BUILD = """
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.MSELoss()
"""
_TRAIN = """
def train(model, loader, optimizer, criterion):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()  # <-
        optimizer.step()
"""

BAD = {
    "at the top level": _HEAD + _BUILD + _LOOP,
    "a comment is no seed": _HEAD + "# TODO: set a seed\n" + _BUILD + _LOOP,
    "in a function, started under the guard": _HEAD
    + _TRAIN
    + """
if __name__ == "__main__":
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
    train(net, data(), torch.optim.Adam(net.parameters()), nn.MSELoss())
""",
    "in a main that is called": _HEAD
    + """
def main():
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches():
        loss = (model(x) - y).pow(2).mean()
        loss.backward()  # <-
        optimizer.step()
        optimizer.zero_grad()

main()
""",
    "a model of its own": """
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)
    def forward(self, x):
        return self.fc(x)

model = Net()
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    for x, y in loader:
        optimizer.zero_grad()
        ((model(x) - y) ** 2).mean().backward()  # <-
        optimizer.step()
""",
    "with accelerate": """
import torch
from accelerate import Accelerator
from torch import nn

accelerator = Accelerator()
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters())
model, optimizer = accelerator.prepare(model, optimizer)
for x, y in loader:
    accelerator.backward(nn.functional.mse_loss(model(x), y))  # <-
    optimizer.step()
    optimizer.zero_grad()
""",
    "random data and weights by hand": """
import torch
x, y = torch.randn(100, 2), torch.randn(100)
w = torch.randn(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for _ in range(10):
    optimizer.zero_grad()
    ((x @ w - y) ** 2).mean().backward()  # <-
    optimizer.step()
""",
    "a project none of whose files sets one": "# === train.py\nfrom engine import fit\n"
    + _HEAD
    + _BUILD
    + _LOOP
    + "# === engine.py\ndef fit():\n    pass\n",
    "mixed precision": _HEAD
    + _BUILD
    + """
scaler = torch.amp.GradScaler()
for x, y in loader:
    optimizer.zero_grad()
    with torch.autocast("cuda"):
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()  # <-
    scaler.step(optimizer)
    scaler.update()
""",
}

_QUIET = _LOOP.replace("  # <-", "")
_STEP = _TRAIN.replace("  # <-", "")

GOOD = {
    "torch.manual_seed": _HEAD + "torch.manual_seed(0)\n" + _BUILD + _QUIET,
    "a helper of its own": _HEAD
    + "def set_seed(value):\n    torch.manual_seed(value)\nset_seed(1)\n"
    + _BUILD
    + _QUIET,
    "transformers' helper": "from transformers import set_seed\nset_seed(1)\n" + _HEAD + _BUILD + _QUIET,
    "lightning's helper": "import lightning as L\nL.seed_everything(1)\n" + _HEAD + _BUILD + _QUIET,
    "a seed from the command line": _HEAD
    + "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--seed', type=int)\n"
    + "prepare(parser.parse_args())\n"
    + _BUILD
    + _QUIET,
    "set in another file of the project": "# === train.py\nfrom common import begin\n"
    + _HEAD
    + "begin()\n"
    + _BUILD
    + _QUIET
    + "# === common.py\nimport torch\ndef begin():\n    torch.manual_seed(3)\n",
    "a library of training functions": _HEAD + _STEP,
    "a helper outside that sets things up": "from common import init_experiment\ninit_experiment()\n"
    + _HEAD
    + _BUILD
    + _QUIET,
    "nothing is trained": _HEAD + "model = nn.Linear(4, 1)\nprint(model(torch.ones(1, 4)))\n",
    "nothing is random": """
import torch
w = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for _ in range(10):
    optimizer.zero_grad()
    ((w - torch.ones(2)) ** 2).sum().backward()
    optimizer.step()
""",
    "a test": _HEAD
    + """
def test_it_trains():
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.ones(1, 4)).sum().backward()
    optimizer.step()

if __name__ == "__main__":
    test_it_trains()
""",
    "set in a file that knows nothing of torch": "# === train.py\nfrom common import begin\n"
    + _HEAD
    + "begin()\n"
    + _BUILD
    + _QUIET
    + "# === common.py\nfrom somewhere import fix_seed\ndef begin():\n    fix_seed(3)\n",
}
