"""TCK520 forward-without-return."""

_HEAD = (
    "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n"
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.fc = nn.Linear(4, 4)\n        self.steps = 0\n        self.seen = []\n\n"
    "    def embed(self, x):\n        return self.fc(x)\n\n"
)

BAD = {
    "assigned and forgotten": f"{_HEAD}    def forward(self, x):  # <-\n        x = self.fc(x)\n        x = F.relu(x)\n",
    "a single call": f"{_HEAD}    def forward(self, x):  # <-\n        self.fc(x)\n",
    "a function as a statement": f"{_HEAD}    def forward(self, x):  # <-\n        x = self.fc(x)\n        F.log_softmax(x, dim=1)\n",
    "the name as a statement": f"{_HEAD}    def forward(self, x):  # <-\n        out = self.fc(x)\n        out\n",
    "a bare return": f"{_HEAD}    def forward(self, x):  # <-\n        out = self.fc(x)\n        return\n",
    "in both branches": f"{_HEAD}    def forward(self, x):  # <-\n        if x.ndim == 2:\n            out = self.fc(x)\n        else:\n            out = self.fc(x[None])\n",
    "at the end of a loop": f"{_HEAD}    def forward(self, x):  # <-\n        for _ in range(3):\n            x = torch.tanh(self.fc(x))\n",
    "before a print": f"{_HEAD}    def forward(self, x):  # <-\n        x = self.fc(x)\n        print(x.shape)\n",
    "a residual added": f"{_HEAD}    def forward(self, x):  # <-\n        out = self.fc(x)\n        out += x\n",
    "an expression": f"{_HEAD}    def forward(self, x):  # <-\n        h = self.fc(x)\n        h + x\n",
    "in a block": f"{_HEAD}    def forward(self, x):  # <-\n        with torch.autocast('cuda'):\n            out = self.fc(x)\n",
    "a branch at the end": f"{_HEAD}    def forward(self, x, relu=False):  # <-\n        x = self.fc(x)\n        if relu:\n            x = F.relu(x)\n",
    "parts of a result": f"{_HEAD}    def forward(self, x):  # <-\n        values, indices = self.fc(x).max(1)\n",
    "in a class with a base": "import torch\nfrom torch import nn\nclass Base(nn.Module):\n    def forward(self, x):\n        return x\nclass Loss(Base):\n    def forward(self, p, y):  # <-\n        loss = ((p - y) ** 2).mean()\n",
}

GOOD = {
    "returned": f"{_HEAD}    def forward(self, x):\n        x = self.fc(x)\n        return F.relu(x)\n",
    "returned in a branch": f"{_HEAD}    def forward(self, x):\n        if x.ndim == 2:\n            return self.fc(x)\n        x = self.fc(x[None])\n        return x[0]\n",
    "a stub": f"{_HEAD}    def forward(self, x):\n        pass\n",
    "abstract": f'{_HEAD}    def forward(self, x):\n        """Predict."""\n        raise NotImplementedError\n',
    "a generator": f"{_HEAD}    def forward(self, x):\n        for _ in range(3):\n            x = self.fc(x)\n            yield x\n",
    "it collects": f"{_HEAD}    def forward(self, x):\n        y = self.fc(x)\n        self.seen.append(y.detach())\n",
    "it stores": f"{_HEAD}    def forward(self, x):\n        self.out = self.fc(x)\n",
    "it counts": f"{_HEAD}    def forward(self, x):\n        self.steps += 1\n",
    "it writes into its argument": f"{_HEAD}    def forward(self, x):\n        x[:] = self.fc(x)\n",
    "it adds to its argument": f"{_HEAD}    def forward(self, x):\n        x += 1\n",
    "it updates in place": f"{_HEAD}    def forward(self, x):\n        x.copy_(self.fc(x))\n",
    "a check": f"{_HEAD}    def forward(self, x):\n        bad = torch.isnan(x).any()\n        if bad:\n            raise ValueError('nan')\n",
    "an assertion": f"{_HEAD}    def forward(self, x):\n        n = x.shape[-1]\n        assert n == 4\n",
    "it backpropagates": f"{_HEAD}    def forward(self, x):\n        loss = self.fc(x).sum()\n        loss.backward()\n",
    "a loop that updates": f"{_HEAD}    def forward(self, x):\n        for p in self.parameters():\n            old = p.detach().clone()\n            p.data.copy_(old * 0.9)\n            old = None\n",
    "not a module": "class Net:\n    def forward(self, x):\n        y = x + 1\n",
    "a logger": "import lightning as L\nclass Lit(L.LightningModule):\n    def forward(self, x):\n        y = x.mean()\n        self.log('mean', y)\n",
    "a template whose super() stands for the statements of the class above": "# === modular_net.py\nimport torch\nfrom torch import nn\nclass Net(nn.Module):\n    def forward(self, x):\n        tokens = x[:, 1:]\n        return tokens.mean(1)\nclass Late(Net):\n    def forward(self, x):\n        super().forward(x)\n        tokens = x[:, 5:]\n",
    "a tracker of the project is called": "import torch\nfrom torch import nn\nclass Tracker(nn.Module):\n    def forward(self, x):\n        self.last = x\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.tracker = Tracker()\n    def forward(self, x):\n        self.tracker(x)\n",
}
