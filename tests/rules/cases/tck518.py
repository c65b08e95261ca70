"""Spellings and near-misses of partial-load-ignored."""

_HEAD = """\
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""

BAD = {
    "read and loaded": _HEAD + "model.load_state_dict(torch.load('model.pt'), strict=False)  # <-\n",
    "by way of a name": _HEAD + "state = torch.load('model.pt', map_location='cpu')\n"
    "model.load_state_dict(state, strict=False)  # <-\n",
    "an item of the file": _HEAD
    + "checkpoint = torch.load('model.pt')\nmodel.load_state_dict(checkpoint['state_dict'], strict=False)  # <-\n",
    "by position": _HEAD + "model.load_state_dict(torch.load('model.pt'), False)  # <-\n",
    "of a part": _HEAD + "model[0].load_state_dict(torch.load('first.pt'), strict=False)  # <-\n",
    "in a function": """\
import torch
import torch.nn.functional as F

def resume(model, optimizer, path):
    checkpoint = torch.load(path)
    model.load_state_dict(checkpoint["model"], strict=False)  # <-
    optimizer.load_state_dict(checkpoint["optimizer"])
    optimizer.zero_grad()
""",
    "with a flag": _HEAD + "STRICT = False\nmodel.load_state_dict(torch.load('model.pt'), strict=STRICT)  # <-\n",
    "if there is a file": _HEAD
    + "import os\nif os.path.exists('model.pt'):\n"
    + "    model.load_state_dict(torch.load('model.pt', weights_only=True), strict=False)  # <-\n",
    "in a method": """\
import torch
from torch import nn

class Trainer:
    def __init__(self, path):
        self.model = nn.Linear(4, 2)
        self.optimizer = torch.optim.Adam(self.model.parameters())
        self.model.load_state_dict(torch.load(path)["model"], strict=False)  # <-
""",
}

GOOD = {
    "strict": _HEAD + "model.load_state_dict(torch.load('model.pt'))\n",
    "strict in so many words": _HEAD + "model.load_state_dict(torch.load('model.pt'), strict=True)\n",
    "the answer is looked at": _HEAD
    + "answer = model.load_state_dict(torch.load('model.pt'), strict=False)\nprint(answer)\n",
    "the answer is unpacked": _HEAD
    + "missing, unexpected = model.load_state_dict(torch.load('model.pt'), strict=False)\nassert not unexpected\n",
    "it is printed": _HEAD + "print(model.load_state_dict(torch.load('model.pt'), strict=False))\n",
    "the head is taken out first": _HEAD
    + "state = torch.load('model.pt')\nstate.pop('2.weight')\nmodel.load_state_dict(state, strict=False)\n",
    "chosen by name": _HEAD
    + "state = {k: v for k, v in torch.load('model.pt').items() if k in model.state_dict()}\n"
    + "model.load_state_dict(state, strict=False)\n",
    "the caller decides": "import torch\ndef load(model, path, strict):\n"
    "    loss = torch.nn.MSELoss()\n    model.load_state_dict(torch.load(path), strict=strict)\n",
    "weights that somebody else has chosen": "import torch\ndef load(model, state, loss=torch.nn.MSELoss()):\n"
    "    model.load_state_dict(state, strict=False)\n",
    "adapters hold only a part": _HEAD + "model.load_state_dict(torch.load('lora.pt'), strict=False)\n",
}
