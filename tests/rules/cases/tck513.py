"""TCK513 repeated-module-object."""

_HEAD = "import copy\nimport torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self, n=3):\n        super().__init__()\n"
_BLOCK = "import torch.nn as nn\nclass Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n    def forward(self, x):\n        return self.fc(x)\n"

BAD = {
    "in a ModuleList": f"{_HEAD}        self.layers = nn.ModuleList([nn.Linear(4, 4)] * n)  # <-\n",
    "the number first": f"{_HEAD}        self.layers = nn.ModuleList(n * [nn.Linear(4, 4)])  # <-\n",
    "unpacked": f"{_HEAD}        block = nn.Conv2d(8, 8, 3)\n        self.body = nn.Sequential(*[block] * n)  # <-\n",
    "several layers": f"{_HEAD}        self.body = nn.Sequential(*[nn.Linear(4, 4), nn.ReLU()] * n)  # <-\n",
    "a comprehension of one name": f"{_HEAD}        layer = nn.TransformerEncoderLayer(4, 2)\n        self.layers = nn.ModuleList([layer for _ in range(n)])  # <-\n",
    "a generator": f"{_HEAD}        layer = nn.Linear(4, 4)\n        self.layers = nn.ModuleList(layer for _ in range(n))  # <-\n",
    "a layer of the project": f"{_BLOCK}class Net(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.blocks = nn.Sequential(*([Block()] * n))  # <-\n",
    "a list first": f"{_HEAD}        layers = [nn.Linear(4, 4)] * n  # <-\n        self.body = nn.Sequential(*layers)\n",
    "appended in a loop": f"{_HEAD}        block = nn.Sequential(nn.Linear(4, 4), nn.ReLU())\n        layers = []\n        for _ in range(n):\n            layers.append(block)  # <-\n        self.body = nn.Sequential(*layers)\n",
    "appended to a ModuleList": f"{_HEAD}        block = nn.LSTM(4, 4)\n        self.layers = nn.ModuleList()\n        for _ in range(n):\n            self.layers.append(block)  # <-\n",
    "a tuple": f"{_HEAD}        self.layers = nn.ModuleList((nn.Linear(4, 4),) * 2)  # <-\n",
}

GOOD = {
    "an option asks for one layer": """
import copy
import torch.nn as nn


class Head(nn.Module):
    def __init__(self, n, share_pred_layer):
        super().__init__()
        branch = nn.Linear(4, 4)
        if share_pred_layer:
            self.branches = nn.ModuleList([branch for _ in range(n)])
        else:
            self.branches = nn.ModuleList([copy.deepcopy(branch) for _ in range(n)])
""",
    "built each time": f"{_HEAD}        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(n)])\n",
    "copied": f"{_HEAD}        layer = nn.Linear(4, 4)\n        self.layers = nn.ModuleList([copy.deepcopy(layer) for _ in range(n)])\n",
    "activations": f"{_HEAD}        self.acts = nn.ModuleList([nn.ReLU()] * n)\n        self.drops = nn.ModuleList([nn.Dropout(0.1)] * n)\n",
    "numbers": f"{_HEAD}        self.sizes = [4] * n\n        self.fc = nn.Linear(*[4] * 2)\n",
    "shared on purpose": f"{_HEAD}        shared_head = nn.Linear(4, 4)\n        self.heads = nn.ModuleList([shared_head for _ in range(n)])\n",
    "shared, as a comment says": f"{_HEAD}        head = nn.Linear(4, 4)\n        # the heads share their weights\n        self.heads = nn.ModuleList([head for _ in range(n)])\n",
    "shared, as an option says": f"{_HEAD}        head = nn.Linear(4, 4)\n        if n > 3:  # weight sharing across layers\n            self.heads = nn.ModuleList([head] * 1)\n",
    "one model for many inputs": "import torch.nn as nn\nmodel = nn.Linear(4, 4)\npairs = list(zip([model] * 3, [1, 2, 3]))\n",
    "a loop's own layer": f"{_HEAD}        layers = []\n        for i in range(n):\n            layer = nn.Linear(4, 4)\n            layers += [layer, nn.ReLU()]\n        self.body = nn.Sequential(*layers)\n",
    "the layers of a list": f"{_HEAD}        made = [nn.Linear(4, 4), nn.Linear(4, 4)]\n        self.body = nn.Sequential(*[layer for layer in made])\n",
    "classes": f"{_HEAD}        kinds = [nn.Linear] * n\n        self.layers = nn.ModuleList([kind(4, 4) for kind in kinds])\n",
    "a size of kernels": f"{_HEAD}        self.conv = nn.Conv2d(3, 3, kernel_size=(3,) * 2)\n",
    "norms without parameters": f"{_HEAD}        self.norms = nn.ModuleList([nn.BatchNorm1d(4, affine=False)] * n)\n",
}
