"""TCK501 missing-super-init."""

_HEAD = "import torch\nfrom torch import nn\n"
_FORWARD = "    def forward(self, x):\n        return self.fc(x)\n"

BAD = {
    "never called": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):  # <-\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "with a docstring and arguments": f'{_HEAD}class Net(nn.Module):\n    def __init__(self, width: int = 4, depth=2):  # <-\n        """A network."""\n        self.width = width\n        self.fc = nn.Linear(width, 1)\n{_FORWARD}',
    "only numbers, but it is called": f"{_HEAD}class Focal(nn.Module):\n    def __init__(self, gamma=2.0):  # <-\n        self.gamma = gamma\n\n    def forward(self, p):\n        return ((1 - p) ** self.gamma * -p.log()).mean()\n",
    "a layer before the call": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 1)  # <-\n        super().__init__()\n{_FORWARD}",
    "a parameter before the call": f"{_HEAD}class Net(nn.Module):\n    def __init__(self, n):\n        self.n = n\n        self.w = nn.Parameter(torch.zeros(n))  # <-\n        super(Net, self).__init__()\n        self.fc = nn.Linear(n, 1)\n{_FORWARD}",
    "a buffer before the call": f"{_HEAD}class Net(nn.Module):\n    def __init__(self, n):\n        self.register_buffer('w', torch.zeros(n))  # <-\n        super().__init__()\n        self.fc = nn.Linear(n, 1)\n{_FORWARD}",
    "named and not called": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):  # <-\n        super().__init__\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "only the parent class forgot it": f"{_HEAD}class Base(nn.Module):\n    def __init__(self, n):  # <-\n        self.n = n\n        self.fc = nn.Linear(n, 1)\n\nclass Net(Base):\n    def __init__(self):\n        super().__init__(4)\n{_FORWARD}",
    "only the child forgot it": f"{_HEAD}class Base(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.n = n\n\nclass Net(Base):\n    def __init__(self):  # <-\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "a base of another file": "# === base.py\nfrom torch import nn\nclass Base(nn.Module):\n    pass\n# === net.py\nfrom torch import nn\nfrom base import Base\nclass Net(Base):\n    def __init__(self):  # <-\n        self.fc = nn.Linear(4, 1)\n    def forward(self, x):\n        return self.fc(x)\n",
    "layers built by a method": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):  # <-\n        self.build()\n\n    def build(self):\n        self.fc = nn.Linear(4, 1)\n\n{_FORWARD}",
    "a registered loss": f"{_HEAD}class Net(nn.Module):\n    def __init__(self, loss):\n        self.criterion = nn.CrossEntropyLoss()  # <-\n        super().__init__()\n        self.fc = nn.Linear(4, 2)\n\n{_FORWARD}",
    "a Lightning module": "import lightning as L\nfrom torch import nn\nclass Lit(L.LightningModule):\n    def __init__(self, model: nn.Module):  # <-\n        self.model = model\n    def training_step(self, batch, i):\n        return self.model(batch).sum()\n",
    "a layer of torch": f"{_HEAD}class Lora(nn.Linear):\n    def __init__(self, n, m, r):\n        self.a = nn.Parameter(torch.randn(n, r))  # <-\n        super().__init__(n, m)\n\n    def forward(self, x):\n        return super().forward(x) + x @ self.a\n",
    "a star import of torch": "from torch.nn import *\nclass Net(Module):\n    def __init__(self):  # <-\n        self.fc = Linear(4, 1)\n\n    def forward(self, x):\n        return self.fc(x)\n",
}

GOOD = {
    "a parameter that stands for a class": """
import torch.nn as nn


class Layer(nn.Module):
    def __init__(self, width, layer: nn.Module = nn.Linear):
        self.layer = layer
        super().__init__()
        self.built = layer(width, width)
""",
    "the usual way": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "the old way": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        super(Net, self).__init__()\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "by the name of the class": f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        nn.Module.__init__(self)\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "numbers and lists may come first": f"{_HEAD}class Net(nn.Module):\n    def __init__(self, n):\n        self.n = n\n        self.sizes = [n, n]\n        self.act = torch.relu\n        super().__init__()\n        self.fc = nn.Linear(n, 1)\n{_FORWARD}",
    "no __init__ of its own": f"{_HEAD}class Base(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 1)\n\nclass Net(Base):\n{_FORWARD}",
    "all bases initialised in a loop": f"{_HEAD}class Mixin:\n    def __init__(self):\n        self.steps = 0\n\nclass Net(nn.Module, Mixin):\n    def __init__(self):\n        for base in (nn.Module, Mixin):\n            base.__init__(self)\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "a method that calls it": f"{_HEAD}class Net(nn.Module):\n    def __init__(self, n):\n        self._setup()\n        self.fc = nn.Linear(n, 1)\n\n    def _setup(self):\n        super().__init__()\n\n{_FORWARD}",
    "a metaclass that calls it": f"{_HEAD}class Auto(type):\n    def __call__(cls, *args, **kwargs):\n        obj = cls.__new__(cls)\n        nn.Module.__init__(obj)\n        obj.__init__(*args, **kwargs)\n        return obj\n\nclass Net(nn.Module, metaclass=Auto):\n    def __init__(self, n):\n        self.fc = nn.Linear(n, 1)\n{_FORWARD}",
    "an unknown base": "from torch import nn\nfrom fastai.vision.all import Module\nclass Net(Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 1)\n    def forward(self, x):\n        return self.fc(x)\n",
    "an unknown mixin": f"{_HEAD}from somewhere import Auto\nclass Net(Auto, nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "no module": f"{_HEAD}class Trainer:\n    def __init__(self):\n        self.model = nn.Linear(4, 1)\n        self.loss = nn.MSELoss()\n",
    "a dataclass": f"{_HEAD}from dataclasses import dataclass\n@dataclass(eq=False)\nclass Net(nn.Module):\n    width: int = 4\n\n    def __post_init__(self):\n        super().__init__()\n        self.fc = nn.Linear(self.width, 1)\n\n{_FORWARD}",
    "copied from another one": f"{_HEAD}class Wrapped(nn.Module):\n    def __init__(self, other):\n        self.__dict__ = other.__dict__.copy()\n        self.extra = nn.Linear(4, 4)\n{_FORWARD}",
    "its own __new__": f"{_HEAD}class Net(nn.Module):\n    def __new__(cls, *args):\n        obj = object.__new__(cls)\n        nn.Module.__init__(obj)\n        return obj\n\n    def __init__(self, n):\n        self.fc = nn.Linear(n, 1)\n{_FORWARD}",
    "an interface": f"{_HEAD}class Base(nn.Module):\n    def __init__(self):\n        raise NotImplementedError('use a subclass')\n\n    def forward(self, x):\n        raise NotImplementedError\n",
    "the call in one of two branches": f"{_HEAD}class Net(nn.Module):\n    def __init__(self, base=None):\n        if base is not None:\n            super().__init__()\n            self.fc = base\n        else:\n            super().__init__()\n            self.fc = nn.Linear(4, 1)\n{_FORWARD}",
    "an autograd function": f"{_HEAD}class Double(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return 2 * x\n\n    @staticmethod\n    def backward(ctx, g):\n        return 2 * g\n",
    "mixed into classes that call the __init__ of both": f"{_HEAD}class Sampler(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.n = n\n\n    def forward(self, x):\n        return x\n\nclass Pairwise(Sampler):\n    def __init__(self, most=None):\n        self.most = most\n\n    def forward(self, x):\n        return super().forward(x)[: self.most]\n\nclass Normal(Sampler):\n    pass\n\nclass PairwiseNormal(Pairwise, Normal):\n    def __init__(self, n):\n        Pairwise.__init__(self, most=2)\n        Normal.__init__(self, n)\n",
    "a module of fastai, which calls it by itself": "from fastai.basics import *\nclass Net(Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 1)\n\n    def forward(self, x):\n        return self.fc(x)\n",
    "a module of fastai through a file of the project": "# === lib/imports.py\nimport torch.nn as nn\nfrom fastai.basics import *\n# === lib/net.py\nfrom .imports import *\nclass Net(Module):\n    def __init__(self):\n        self.fc = nn.Linear(4, 1)\n\n    def forward(self, x):\n        return self.fc(x)\n",
}
