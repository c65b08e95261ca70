"""TCK301 adam-with-weight-decay."""

_HEAD = "import torch\nfrom torch import nn, optim\nmodel = nn.Linear(2, 2)\n"

_OPTIONS = """\
import argparse
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("-wd", "--weight-decay", type=float, default=5e-4, help="L2")
args = parser.parse_args()
model = nn.Linear(2, 2)
"""
_BUILT = "optimizer = torch.optim.Adam(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)"

BAD = {
    "an option that is on by default": f"{_OPTIONS}{_BUILT}  # <-\n",
    "an option with a name of its own": (
        _OPTIONS.replace('"--weight-decay"', '"--l2", dest="weight_decay"') + f"{_BUILT}  # <-\n"
    ),
    "keyword": _HEAD + "optimizer = optim.Adam(model.parameters(), weight_decay=0.01)  # <-\n",
    "whole name": _HEAD + "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=5e-4)  # <-\n",
    "imported class": "from torch.optim import Adam\nopt = Adam(net.parameters(), weight_decay=1e-4)  # <-\n",
    "imported under another name": "from torch.optim import Adam as A\nopt = A(net.parameters(), weight_decay=1e-4)  # <-\n",
    "by position": _HEAD + "optimizer = optim.Adam(model.parameters(), 1e-3, (0.9, 0.999), 1e-8, 1e-2)  # <-\n",
    "through a constant": _HEAD + "DECAY = 0.1\noptimizer = optim.Adam(model.parameters(), weight_decay=DECAY)  # <-\n",
    "in a function": "import torch\ndef make(model):\n    return torch.optim.Adam(model.parameters(), weight_decay=0.1)  # <-\n",
    "in a group": _HEAD
    + "optimizer = optim.Adam([{'params': model.parameters(), 'weight_decay': 0.1}], lr=1e-3)  # <-\n",
    "chosen in a branch": _HEAD
    + "if fast:\n    optimizer = optim.SGD(model.parameters(), 0.1)\nelse:\n"
    + "    optimizer = optim.Adam(model.parameters(), weight_decay=0.1)  # <-\n",
}

GOOD = {
    "an option that is off by default": _OPTIONS.replace("5e-4", "0.0") + _BUILT,
    "an option without a default": _OPTIONS.replace("default=5e-4", "required=True") + _BUILT,
    "an option that the program sets itself": f"{_OPTIONS}if args.lr > 0.1:\n    args.weight_decay = 0.0\n{_BUILT}",
    "options of two parsers": _OPTIONS
    + f'other = argparse.ArgumentParser()\nother.add_argument("--weight_decay", default=0.1)\n{_BUILT}',
    "settings that are no options": f"import torch\n\ndef make(model, args):\n    {_BUILT}\n    return optimizer\n",
    "AdamW decays the weights": _HEAD + "optimizer = optim.AdamW(model.parameters(), weight_decay=0.01)\n",
    "a decay of nothing": _HEAD + "optimizer = optim.Adam(model.parameters(), weight_decay=0)\n",
    "no decay is the default": _HEAD + "optimizer = optim.Adam(model.parameters(), lr=1e-3)\n",
    "decoupled on request": _HEAD
    + "optimizer = optim.Adam(model.parameters(), weight_decay=0.1, decoupled_weight_decay=True)\n",
    "SGD has no moments": _HEAD + "optimizer = optim.SGD(model.parameters(), lr=0.1, weight_decay=0.01)\n",
    "a value that is not known": _HEAD + "optimizer = optim.Adam(model.parameters(), weight_decay=args.decay)\n",
    "every group without decay": _HEAD
    + "optimizer = optim.Adam([{'params': model.parameters(), 'weight_decay': 0.0}], weight_decay=0.1)\n",
    "another library's Adam": "from other import Adam\noptimizer = Adam(model.parameters(), weight_decay=0.1)\n",
}
