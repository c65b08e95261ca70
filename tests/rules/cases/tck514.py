"""TCK514 uninitialised-parameter."""

_HEAD = "import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self, n=3, dim=4):\n        super().__init__()\n"
_USE = "\n    def forward(self, x):\n        return x @ self.w\n"

BAD = {
    "empty": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))  # <-\n{_USE}",
    "a tensor of sizes": f"{_HEAD}        self.w = nn.Parameter(torch.Tensor(n, dim))  # <-\n{_USE}",
    "a float tensor": f"{_HEAD}        self.w = nn.Parameter(torch.FloatTensor(n, dim), requires_grad=True)  # <-\n{_USE}",
    "one size": f"{_HEAD}        self.w = nn.Parameter(torch.Tensor(dim))  # <-\n{_USE}",
    "a number": f"{_HEAD}        self.w = nn.Parameter(torch.Tensor(1))  # <-\n{_USE}",
    "on the device": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim).cuda())  # <-\n{_USE}",
    "only the weight is initialised": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        self.b = nn.Parameter(torch.empty(dim))  # <-\n        nn.init.xavier_uniform_(self.w)\n\n    def forward(self, x):\n        return x @ self.w + self.b\n",
    "empty like": f"{_HEAD}        self.fc = nn.Linear(n, dim)\n        self.w = nn.Parameter(torch.empty_like(self.fc.weight))  # <-\n{_USE}",
    "by a local name": f"{_HEAD}        w = nn.Parameter(torch.empty(n, dim))\n        self.w = w  # <-\n{_USE}",
    "only measured": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))  # <-\n        self.out = self.w.shape[1]\n{_USE}",
    "unpacked sizes": f"{_HEAD}        shape = (n, dim)\n        self.w = nn.Parameter(torch.Tensor(*shape))  # <-\n{_USE}",
    "the name imported": "import torch\nfrom torch.nn import Module, Parameter\nclass Net(Module):\n    def __init__(self):\n        super().__init__()\n        self.w = Parameter(torch.empty(3))  # <-\n    def forward(self, x):\n        return x * self.w\n",
}

GOOD = {
    "initialised by nn.init": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        nn.init.normal_(self.w, std=0.02)\n{_USE}",
    "in reset_parameters": f"{_HEAD}        self.w = nn.Parameter(torch.Tensor(n, dim))\n        self.reset_parameters()\n\n    def reset_parameters(self):\n        self.w.data.uniform_(-1, 1)\n{_USE}",
    "over all parameters": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        for p in self.parameters():\n            nn.init.uniform_(p, -0.1, 0.1)\n{_USE}",
    "over a list of them": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        for p in [self.w]:\n            nn.init.zeros_(p)\n{_USE}",
    "data": f"{_HEAD}        self.w = nn.Parameter(torch.Tensor([1.0, 2.0]))\n{_USE}",
    "data by a name": f"{_HEAD}        values = [1.0] * n\n        self.w = nn.Parameter(torch.Tensor(values))\n{_USE}",
    "filled at once": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim).uniform_(-1, 1))\n{_USE}",
    "filled as a tensor": f"{_HEAD}        w = torch.empty(n, dim)\n        nn.init.orthogonal_(w)\n        self.w = nn.Parameter(w)\n{_USE}",
    "copied into": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        with torch.no_grad():\n            self.w.copy_(torch.eye(n, dim))\n{_USE}",
    "written by index": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        self.w.data[0] = 1.0\n{_USE}",
    "initialised by another class": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n{_USE}\n\nclass Model(nn.Module):\n    def _init_weights(self, module):\n        if isinstance(module, Net):\n            nn.init.normal_(module.w)\n",
    "initialised by the base class": "import torch\nimport torch.nn as nn\nclass Base(nn.Module):\n    def init(self):\n        nn.init.normal_(self.w)\nclass Net(Base):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.empty(3))\n        self.init()\n",
    "handed to a helper": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n        glorot(self.w)\n\ndef glorot(t):\n    nn.init.xavier_uniform_(t)\n",
    "initialised by what a configuration says": f"from mmengine.model import BaseModule\n{_HEAD}        self.w = nn.Parameter(torch.Tensor(dim))\n{_USE}\n\nclass Neck(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.norm = Net()\n        self.init_cfg = [dict(type='Constant', val=20.0, override=dict(name='norm'))]\n",
    "a placeholder": f"{_HEAD}        self.w = nn.Parameter(torch.empty(0))\n{_USE}",
    "on meta": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim, device='meta'))\n{_USE}",
    "no gradient": f"{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim), requires_grad=False)\n{_USE}",
    "zeros": f"{_HEAD}        self.w = nn.Parameter(torch.zeros(n, dim))\n{_USE}",
    "an unknown base": "import torch\nimport torch.nn as nn\nfrom somewhere import Base\nclass Net(Base):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.empty(3))\n",
    "part of a model that is loaded": f"from transformers import PreTrainedModel\n{_HEAD}        self.w = nn.Parameter(torch.empty(n, dim))\n{_USE}\n\nclass Model(PreTrainedModel):\n    def __init__(self, config):\n        super().__init__(config)\n        self.net = Net()\n",
}
