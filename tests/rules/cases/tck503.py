"""TCK503 unregistered-module."""

_HEAD = "import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self, n=3):\n        super().__init__()\n"
_BLOCK = "import torch\nimport torch.nn as nn\nclass Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n    def forward(self, x):\n        return self.fc(x)\n"
_NET = "class Net(nn.Module):\n    def __init__(self, n=3):\n        super().__init__()\n"

BAD = {
    "a list from a method, by way of a name": """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = self._make(3)
        self.blocks = blocks  # <-
        self.out = nn.Linear(10, 2)

    def _make(self, n):
        layers = []
        for _ in range(n):
            layers.append(nn.Linear(10, 10))
        return layers

    def forward(self, x):
        for block in self.blocks:
            x = torch.relu(block(x))
        return self.out(x)
""",
    "a comprehension": f"{_HEAD}        self.layers = [nn.Linear(4, 4) for _ in range(n)]  # <-\n",
    "appended in a loop": f"{_HEAD}        self.layers = []  # <-\n        for i in range(n):\n            self.layers.append(nn.Linear(4, 4))\n",
    "written out": f"{_HEAD}        self.layers = [nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3)]  # <-\n",
    "a tuple": f"{_HEAD}        self.pair = (nn.Linear(4, 4), nn.Linear(4, 4))  # <-\n",
    "a dict": f"{_HEAD}        self.heads = {{'a': nn.Linear(4, 2), 'b': nn.Linear(4, 3)}}  # <-\n",
    "a dict filled in a loop": f"{_HEAD}        self.heads = dict()  # <-\n        for name in 'ab':\n            self.heads[name] = nn.Linear(4, 1)\n",
    "a dict comprehension": f"{_HEAD}        self.heads = {{k: nn.Embedding(10, 4) for k in 'ab'}}  # <-\n",
    "a local list": f"{_HEAD}        layers = []\n        for i in range(n):\n            layers.append(nn.Linear(4, 4))\n            layers.append(nn.ReLU())\n        self.layers = layers  # <-\n",
    "a local layer appended": f"{_HEAD}        self.layers = []  # <-\n        for i in range(n):\n            layer = nn.GRU(4, 4)\n            self.layers.append(layer)\n",
    "layers of the project": f"{_BLOCK}{_NET}        self.blocks = [Block() for _ in range(n)]  # <-\n",
    "moved to the device": f"{_HEAD}        self.layers = [nn.Linear(4, 4).cuda() for _ in range(n)]  # <-\n",
    "sequentials": f"{_HEAD}        self.branches = []  # <-\n        for k in (1, 3):\n            self.branches.append(nn.Sequential(nn.Conv2d(3, 8, k), nn.ReLU()))\n",
    "nested lists": f"{_HEAD}        self.grid = [[nn.Linear(4, 4) for _ in range(2)] for _ in range(n)]  # <-\n",
    "added with +=": f"{_HEAD}        self.layers = []  # <-\n        self.layers += [nn.Linear(4, 4), nn.Linear(4, 4)]\n",
    "a repeated list": f"{_HEAD}        self.layers = [nn.Linear(4, 4)] * n  # <-\n",
    "made by a function": f"import torch.nn as nn\ndef conv(i, o):\n    return nn.Sequential(nn.Conv2d(i, o, 3), nn.ReLU())\n{_NET}        self.convs = [conv(3, 8), conv(8, 8)]  # <-\n",
    "made by a method": f"{_HEAD}        self.convs = [self.conv(3, 8), self.conv(8, 8)]  # <-\n\n    def conv(self, i, o):\n        return nn.Conv2d(i, o, 3)\n",
    "a class of another file": "# === blocks.py\nimport torch.nn as nn\nclass Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n# === net.py\nimport torch.nn as nn\nfrom blocks import Block\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.blocks = []  # <-\n        for i in range(2):\n            self.blocks.append(Block())\n",
    "a list that a method returns": f"{_HEAD}        self.layers = self.make(n)  # <-\n\n    def make(self, n):\n        layers = []\n        for _ in range(n):\n            layers.append(nn.Linear(4, 4))\n        return layers\n",
    "a list that a function returns": f"import torch.nn as nn\ndef make(n):\n    return [nn.Linear(4, 4) for _ in range(n)]\n{_NET}        self.layers = make(n)  # <-\n",
    "a Lightning module": "import lightning as L\nimport torch.nn as nn\nclass Lit(L.LightningModule):\n    def __init__(self):\n        super().__init__()\n        self.experts = [nn.Linear(4, 4) for _ in range(2)]  # <-\n",
}

GOOD = {
    "a ModuleList": f"{_HEAD}        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(n)])\n",
    "a local list unpacked": f"{_HEAD}        layers = []\n        for i in range(n):\n            layers += [nn.Linear(4, 4), nn.ReLU()]\n        self.body = nn.Sequential(*layers)\n",
    "a local list unpacked and kept": f"{_HEAD}        layers = [nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)]\n        self.body = nn.Sequential(*layers)\n        self.all = layers\n",
    "wrapped later": f"{_HEAD}        self.layers = []\n        for i in range(n):\n            self.layers.append(nn.Linear(4, 4))\n        self.layers = nn.ModuleList(self.layers)\n",
    "wrapped beside": f"{_HEAD}        self.layers = [nn.Linear(4, 4) for _ in range(n)]\n        self.registered = nn.ModuleList(self.layers)\n",
    "unpacked by another": f"{_HEAD}        self.parts = [nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)]\n        self.body = nn.Sequential(*self.parts)\n",
    "add_module in a loop": f"{_HEAD}        self.layers = []\n        for i in range(n):\n            layer = nn.Linear(4, 4)\n            self.add_module(f'layer{{i}}', layer)\n            self.layers.append(layer)\n",
    "setattr in a loop": f"{_HEAD}        self.layers = []\n        for i in range(n):\n            layer = nn.Linear(4, 4)\n            setattr(self, f'layer{{i}}', layer)\n            self.layers.append(layer)\n",
    "attributes listed": f"{_HEAD}        self.a = nn.Linear(4, 4)\n        self.b = nn.Linear(4, 4)\n        self.layers = [self.a, self.b]\n",
    "attributes listed by their local names": f"{_HEAD}        a = nn.Linear(4, 4)\n        b = nn.Linear(4, 4)\n        self.a, self.b = a, b\n        self.layers = [a, b]\n",
    "a teacher hidden in a list": f"{_HEAD}        self.teacher = [nn.Linear(4, 4), nn.Linear(4, 4)]\n",
    "one model hidden in a list": f"{_HEAD}        self._vgg = [nn.Conv2d(3, 8, 3)]\n",
    "hidden, as a comment says": f"{_HEAD}        # not registered, so that the optimizer doesn't see them\n        self.probes = [nn.Linear(4, 4) for _ in range(n)]\n",
    "activations": f"{_HEAD}        self.activations = [nn.ReLU(), nn.Tanh()]\n        self.pools = {{'max': nn.MaxPool2d(2), 'avg': nn.AvgPool2d(2)}}\n",
    "losses": f"{_HEAD}        self.losses = [nn.MSELoss(), nn.L1Loss()]\n",
    "functions": f"{_HEAD}        self.functions = [torch.relu, torch.tanh]\n        self.classes = [nn.Linear, nn.Conv2d]\n",
    "no module": "import torch.nn as nn\nclass Ensemble:\n    def __init__(self, n):\n        self.models = [nn.Linear(4, 1) for _ in range(n)]\n",
    "an unknown base": "import torch.nn as nn\nfrom somewhere import Base\nclass Net(Base):\n    def __init__(self, n):\n        super().__init__()\n        self.models = [nn.Linear(4, 1) for _ in range(n)]\n",
    "its own parameters()": f"{_HEAD}        self.layers = [nn.Linear(4, 4) for _ in range(n)]\n\n    def parameters(self):\n        for layer in self.layers:\n            yield from layer.parameters()\n",
    "projected numbers": f"{_HEAD}        self.sizes = [4, 4]\n        self.fc = nn.Linear(*self.sizes)\n",
    "frozen backbones": f"{_HEAD}        self.scorers = [nn.Linear(4, 4).eval(), nn.Linear(4, 4).requires_grad_(False)]\n",
    "a method that returns a container": f"{_HEAD}        self.layers = self.make(n)\n\n    def make(self, n):\n        layers = []\n        for _ in range(n):\n            layers += [nn.Linear(4, 4), nn.ReLU()]\n        return nn.Sequential(*layers)\n",
    "a list that a method returns, unpacked": f"{_HEAD}        self.body = nn.Sequential(*self.make(n))\n\n    def make(self, n):\n        return [nn.Linear(4, 4) for _ in range(n)]\n",
    "a list of a method's, of attributes": f"{_HEAD}        self.a = nn.Linear(4, 4)\n        self.layers = self.make()\n\n    def make(self):\n        return [self.a, self.a]\n",
}
