"""TCK510 module-built-in-forward."""

_HEAD = (
    "import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self, d=4):\n"
    "        super().__init__()\n        self.d = d\n        self.body = nn.Linear(d, d)\n        self.head = None\n\n"
    "    def embed(self, x):\n        return self.body(x)\n\n"
)
_BLOCK = "import torch\nimport torch.nn as nn\nclass Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n    def forward(self, x):\n        return self.fc(x)\n"

BAD = {
    "called at once": f"{_HEAD}    def forward(self, x):\n        return nn.Linear(4, 1)(x)  # <-\n",
    "by a local name": f"{_HEAD}    def forward(self, x):\n        fc = nn.Linear(x.size(1), 1)  # <-\n        return fc(x)\n",
    "moved to the device": f"{_HEAD}    def forward(self, x):\n        fc = nn.Linear(x.size(1), 1).to(x.device)  # <-\n        return fc(x)\n",
    "moved and called at once": f"{_HEAD}    def forward(self, x):\n        return nn.Conv2d(3, 8, 1).cuda()(x)  # <-\n",
    "a batch norm": f"{_HEAD}    def forward(self, x):\n        x = self.body(x)\n        return nn.BatchNorm1d(4)(x)  # <-\n",
    "a layer norm": f"{_HEAD}    def forward(self, x):\n        return nn.LayerNorm(x.shape[1:])(x)  # <-\n",
    "kept anew each time": f"{_HEAD}    def forward(self, x):\n        self.fc = nn.Linear(x.shape[1], 2)  # <-\n        return self.fc(x)\n",
    "where the channels differ": f"{_HEAD}    def forward(self, x):\n        y = self.body(x)\n        if x.shape[1] != y.shape[1]:\n            x = nn.Conv2d(x.shape[1], y.shape[1], 1)(x)  # <-\n        return x + y\n",
    "a sequential": f"{_HEAD}    def forward(self, x):\n        head = nn.Sequential(nn.ReLU(), nn.Linear(4, 1))  # <-\n        return head(x)\n",
    "in a method of forward": f"{_HEAD}    def forward(self, x):\n        return self.out(x)\n\n    def out(self, x):\n        return nn.Linear(4, 1)(x)  # <-\n",
    "a layer of the project": f"{_BLOCK}class Net(nn.Module):\n    def forward(self, x):\n        return Block()(x)  # <-\n",
    "an LSTM": f"{_HEAD}    def forward(self, x):\n        lstm = nn.LSTM(4, 4)  # <-\n        out, _ = lstm(x)\n        return out\n",
}

GOOD = {
    "built in __init__": f"{_HEAD}    def forward(self, x):\n        return self.body(x)\n",
    "no parameters": f"{_HEAD}    def forward(self, x):\n        return nn.Softmax(dim=1)(nn.ReLU()(self.body(x)))\n",
    "a loss": f"{_HEAD}    def forward(self, x, y):\n        return nn.MSELoss()(self.body(x), y)\n",
    "pooling and dropout": f"{_HEAD}    def forward(self, x):\n        x = nn.AdaptiveAvgPool1d(1)(x)\n        return nn.Flatten()(x)\n",
    "built once": f"{_HEAD}    def forward(self, x):\n        if self.head is None:\n            self.head = nn.Linear(x.shape[1], 1).to(x.device)\n        return self.head(x)\n",
    "built once, by hasattr": f"{_HEAD}    def forward(self, x):\n        if not hasattr(self, 'fc'):\n            self.fc = nn.Linear(x.shape[1], 1)\n        return self.fc(x)\n",
    "rebuilt for another size": f"{_HEAD}    def forward(self, x):\n        if x.shape[1] != self.d:\n            self.body = nn.Linear(x.shape[1], 1)\n        return self.body(x)\n",
    "a cache": f"{_HEAD}    def forward(self, x, cache):\n        if x.shape[1] not in cache:\n            cache[x.shape[1]] = nn.Linear(x.shape[1], 1)\n        return cache[x.shape[1]](x)\n",
    "norms without parameters": f"{_HEAD}    def forward(self, x):\n        x = nn.InstanceNorm1d(4)(x)\n        return nn.LayerNorm(4, elementwise_affine=False)(nn.BatchNorm1d(4, affine=False)(x))\n",
    "weights from elsewhere": f"{_HEAD}    def forward(self, x, w):\n        conv = nn.Conv2d(3, 3, 3)\n        conv.weight = nn.Parameter(w)\n        return conv(x)\n",
    "a factory": f"{_HEAD}    def forward(self, n):\n        return nn.Linear(n, n)\n",
    "a fixed projection": f"{_HEAD}    def forward(self, x):\n        with torch.no_grad():\n            return nn.Linear(4, 4)(x)\n",
    "a setup method that __init__ calls": "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.build()\n    def build(self):\n        self.fc = nn.Linear(4, 4)\n        print(self.fc)\n    def forward(self, x):\n        return self.fc(x)\n",
    "no module": "import torch.nn as nn\nclass Probe:\n    def forward(self, x):\n        return nn.Linear(4, 1)(x)\n",
}
