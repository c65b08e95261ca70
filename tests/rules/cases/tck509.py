"""TCK509 symmetric-initialisation."""

_HEAD = "import torch\nfrom torch import nn\n"


def _net(*after: str, more: str = "") -> str:
    lines = "".join(f"        {line}\n" for line in after)
    return (
        f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.fc1 = nn.Linear(4, 8)\n        self.fc2 = nn.Linear(8, 2)\n{lines}"
        f"    def forward(self, x):\n        return self.fc2(torch.relu(self.fc1(x)))\n{more}"
    )


_MODEL = _net() + "model = Net()\n"

BAD = {
    "every parameter": _MODEL + "for p in model.parameters():\n    nn.init.constant_(p, 0.1)  # <-\n",
    "every parameter by fill_": _MODEL + "for p in model.parameters():\n    p.data.fill_(0.5)  # <-\n",
    "every weight by its name": _MODEL
    + "for name, p in model.named_parameters():\n    if 'weight' in name:\n        nn.init.zeros_(p)  # <-\n",
    "a function for apply": _MODEL
    + "def init(m):\n    if isinstance(m, nn.Linear):\n        nn.init.constant_(m.weight, 0.01)  # <-\n"
    "        nn.init.zeros_(m.bias)\nmodel.apply(init)\n",
    "a function for apply, by the type": _MODEL
    + "def init(m):\n    if type(m) == nn.Linear:\n        m.weight.data.fill_(1.0)  # <-\nmodel.apply(init)\n",
    "in a loop over the modules": _net(
        "for m in self.modules():",
        "    if isinstance(m, (nn.Linear, nn.Conv2d)):",
        "        nn.init.zeros_(m.weight)  # <-",
    ),
    "each layer": _net(
        "nn.init.zeros_(self.fc1.weight)  # <-",
        "nn.init.zeros_(self.fc2.weight)  # <-",
        "nn.init.zeros_(self.fc2.bias)",
    ),
    "each layer, by fill_": _net("self.fc1.weight.data.fill_(0.1)  # <-", "self.fc2.weight.data.fill_(0.1)  # <-"),
    "a hidden layer": _net("nn.init.constant_(self.fc1.weight, 0.5)  # <-"),
    "a hidden layer of ones": _net("nn.init.ones_(self.fc1.weight)  # <-", "nn.init.xavier_uniform_(self.fc2.weight)"),
    "a sequence": _HEAD + "net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))\n"
    "for p in net.parameters():\n    torch.nn.init.ones_(p)  # <-\n",
}

GOOD = {
    "a scale and a shift from one input": """
import torch
from torch import nn


class Modulated(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.normed = nn.GroupNorm(4, channels, affine=False)
        self.to_a = nn.Linear(width, channels)
        self.to_b = nn.Linear(width, channels)
        self.to_a.weight.data.zero_()
        self.to_b.weight.data.zero_()

    def forward(self, x, t):
        return self.normed(x) * (1 + self.to_a(t)) + self.to_b(t)
""",
    "random": _net("nn.init.xavier_uniform_(self.fc1.weight)", "nn.init.zeros_(self.fc1.bias)"),
    "biases": _MODEL
    + "for name, p in model.named_parameters():\n    if 'bias' in name:\n        nn.init.constant_(p, 0.01)\n"
    "    else:\n        nn.init.normal_(p)\n",
    "the last layer": _net("nn.init.zeros_(self.fc2.weight)", "nn.init.zeros_(self.fc2.bias)"),
    "the weights of norms": _net(
        "for m in self.modules():",
        "    if isinstance(m, nn.BatchNorm2d):",
        "        nn.init.constant_(m.weight, 1)",
        "        nn.init.constant_(m.bias, 0)",
    ),
    "the branch of the norms": _net(
        "for m in self.modules():",
        "    if isinstance(m, nn.Linear):",
        "        nn.init.kaiming_normal_(m.weight)",
        "    elif isinstance(m, nn.LayerNorm):",
        "        nn.init.constant_(m.weight, 1.0)",
    ),
    "a linear model": _HEAD + "model = nn.Linear(4, 1)\nfor p in model.parameters():\n    nn.init.zeros_(p)\n",
    "a sum of models begins at zero": _MODEL + "total = Net()\nfor p in total.parameters():\n    p.data.zero_()\n",
    "gradients": _MODEL + "for p in model.parameters():\n    p.grad.data.zero_()\n    p.grad.fill_(0.1)\n",
    "low-rank adaption": _HEAD + "class LoRALinear(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.lora_a = nn.Linear(8, 2, bias=False)\n        self.lora_b = nn.Linear(2, 8, bias=False)\n"
    "        nn.init.zeros_(self.lora_b.weight)\n        nn.init.normal_(self.lora_a.weight)\n"
    "    def forward(self, x):\n        return x + self.lora_b(self.lora_a(x))\n",
    "a modulation begins at zero": _HEAD
    + "class Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.ada = nn.Linear(8, 24)\n        self.fc = nn.Linear(8, 8)\n        nn.init.zeros_(self.ada.weight)\n"
    "        nn.init.zeros_(self.ada.bias)\n    def forward(self, x, c):\n"
    "        return x + self.ada(c).chunk(3, -1)[0] * self.fc(x)\n",
    "a filter that isn't trained": _net(
        "nn.init.constant_(self.fc1.weight, 0.25)", "self.fc1.weight.requires_grad = False"
    ),
    "the last of a linear layer in a function for apply": _HEAD
    + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 8, 3)\n"
    "        self.fc = nn.Linear(8, 2)\n    def forward(self, x):\n        return self.fc(self.conv(x).mean((2, 3)))\n"
    "def init(m):\n    if isinstance(m, nn.Linear):\n        nn.init.zeros_(m.weight)\nNet().apply(init)\n",
    "a gate": _net("nn.init.constant_(self.gate.weight, 1.0)"),
    "some of them": _MODEL
    + "for name, p in model.named_parameters():\n    if name.endswith('fc2.weight'):\n        nn.init.zeros_(p)\n",
    "a test that wants equal numbers": _net()
    + "def test_sum():\n    model = Net()\n    for p in model.parameters():\n        nn.init.ones_(p)\n",
    "a model of a test suite, whose outcome is known": "# === tests/helpers.py\n"
    + _net("nn.init.constant_(self.fc1.weight, 2.0)", "nn.init.constant_(self.fc2.weight, 3.0)"),
    "the mean of its inputs": _HEAD
    + "class Net(nn.Module):\n    def __init__(self, n=8):\n        super().__init__()\n        self.trend = nn.Linear(n, 4)\n"
    "        self.rest = nn.Linear(n, 4)\n        self.n = n\n        self.apply(self.init)\n"
    "    def init(self, m):\n        if isinstance(m, nn.Linear):\n            nn.init.constant_(m.weight, 1.0 / self.n)\n"
    "    def forward(self, x):\n        return self.trend(x) + self.rest(x)\n",
}
