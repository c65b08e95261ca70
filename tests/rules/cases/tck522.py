"""TCK522 constant-not-a-buffer."""

_HEAD = "import numpy as np\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\nclass Net(nn.Module):\n    def __init__(self, n=4, mean=(0.5, 0.5)):\n        super().__init__()\n        self.fc = nn.Linear(n, n)\n"
_FORWARD = "\n    def forward(self, x):\n"

BAD = {
    "a list of numbers": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4, 0.3])  # <-\n{_FORWARD}        return self.fc(x - self.mean)\n",
    "FloatTensor": f"{_HEAD}        self.std = torch.FloatTensor([0.5, 0.4])  # <-\n{_FORWARD}        return self.fc(x / self.std)\n",
    "reshaped": f"{_HEAD}        self.mean = torch.tensor(mean).view(1, -1, 1, 1)  # <-\n{_FORWARD}        return self.fc((x - self.mean) * 2)\n",
    "arange": f"{_HEAD}        self.steps = torch.arange(n).float()  # <-\n{_FORWARD}        return self.fc(x * self.steps.unsqueeze(0))\n",
    "a mask": f"{_HEAD}        self.mask = torch.ones(n, n)  # <-\n{_FORWARD}        return F.linear(x, self.fc.weight * self.mask)\n",
    "of numpy": f"{_HEAD}        self.kernel = torch.from_numpy(np.ones((1, 1, 3, 3)))  # <-\n{_FORWARD}        return F.conv2d(self.fc(x), self.kernel)\n",
    "a function of torch": f"{_HEAD}        self.basis = torch.eye(n)  # <-\n{_FORWARD}        return torch.matmul(self.fc(x), self.basis)\n",
    "in a method of forward": f"{_HEAD}        self.weights = torch.linspace(0, 1, n)  # <-\n{_FORWARD}        return self.weigh(self.fc(x))\n\n    def weigh(self, x):\n        return self.weights * x\n",
    "a comprehension": f"{_HEAD}        self.freq = 1.0 / torch.tensor([10.0 ** i for i in range(n)])  # <-\n{_FORWARD}        return torch.sin(self.fc(x) * self.freq)\n",
}

GOOD = {
    "a buffer": f"{_HEAD}        self.register_buffer('mean', torch.tensor([0.5, 0.4]))\n{_FORWARD}        return self.fc(x - self.mean)\n",
    "moved in forward": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4])\n{_FORWARD}        return self.fc(x - self.mean.to(x.device))\n",
    "moved after a view": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4])\n{_FORWARD}        return self.fc(x - self.mean.view(1, 2).to(x))\n",
    "set again in forward": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4])\n{_FORWARD}        self.mean = self.mean.to(x.device)\n        return self.fc(x - self.mean)\n",
    "moved under another name": f"{_HEAD}        self.order = torch.arange(n)\n{_FORWARD}        order = self.order.unsqueeze(0) + x.shape[1]\n        order = order.view(-1).to(x.device)\n        return self.fc(x) * order\n",
    "a single number of it": f"{_HEAD}        self.keep = torch.ones(n)\n{_FORWARD}        for i in range(3):\n            if torch.rand(1) < self.keep[i]:\n                x = self.fc(x)\n        return x\n",
    "type_as": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4])\n{_FORWARD}        return self.fc(x - self.mean.type_as(x))\n",
    "on its device": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4], device='cuda')\n{_FORWARD}        return self.fc(x - self.mean)\n",
    "a parameter": f"{_HEAD}        self.scale = nn.Parameter(torch.ones(n))\n{_FORWARD}        return self.fc(x * self.scale)\n",
    "a number": f"{_HEAD}        self.factor = torch.tensor(0.5)\n        self.limit = 3.0\n{_FORWARD}        return self.fc(x * self.factor).clamp(max=self.limit)\n",
    "a list": f"{_HEAD}        self.factors = [0.5, 0.4]\n{_FORWARD}        return self.fc(x) * self.factors[0]\n",
    "an index": f"{_HEAD}        self.order = torch.arange(n)\n{_FORWARD}        return self.fc(x)[:, self.order]\n",
    "only looked at": f"{_HEAD}        self.sizes = torch.zeros(n)\n{_FORWARD}        return self.fc(x) * self.sizes.shape[0]\n",
    "not in forward": f"{_HEAD}        self.classes = torch.arange(n)\n{_FORWARD}        return self.fc(x)\n\n    def describe(self):\n        return self.classes + 1\n",
    "a `_apply` of its own": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.4])\n\n    def _apply(self, fn):\n        self.mean = fn(self.mean)\n        return super()._apply(fn)\n{_FORWARD}        return self.fc(x - self.mean)\n",
    "no module": "import torch\n\n\nclass Transform:\n    def __init__(self):\n        self.mean = torch.tensor([0.5, 0.4])\n\n    def forward(self, x):\n        return x - self.mean\n",
}
