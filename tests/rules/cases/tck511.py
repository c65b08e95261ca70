"""TCK511 unused-module."""

_HEAD = "import torch\nimport torch.nn.functional as F\nimport torchvision\nfrom torch import nn\n"


def _net(*init: str, forward: str = "return self.fc1(x)", more: str = "", base: str = "nn.Module") -> str:
    body = "".join(f"        {line}\n" for line in init)
    return (
        f"{_HEAD}class Net({base}):\n    def __init__(self, n=4):\n        super().__init__()\n"
        f"        self.fc1 = nn.Linear(n, n)\n{body}    def forward(self, x):\n        {forward}\n{more}"
    )


BAD = {
    "forgotten": _net("self.fc2 = nn.Linear(4, 2)  # <-"),
    "the wrong one called twice": _net(
        "self.fc2 = nn.Linear(n, n)  # <-", forward="return self.fc1(torch.relu(self.fc1(x)))"
    ),
    "a norm": _net("self.bn = nn.BatchNorm1d(4)  # <-"),
    "a sequence": _net("self.head = nn.Sequential(nn.Linear(4, 4), nn.ReLU())  # <-"),
    "one's own block": _HEAD + "class Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.fc = nn.Linear(2, 2)\n    def forward(self, x):\n        return self.fc(x)\n"
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = Block()\n"
    "        self.b = Block()  # <-\n    def forward(self, x):\n        return self.a(x)\n",
    "a recurrent layer": _net("self.lstm = nn.LSTM(4, 4)  # <-", "self.embed = nn.Embedding(3, 4)  # <-"),
    "initialised and never called": _net(
        "self.fc2 = nn.Linear(4, 2)  # <-", "nn.init.xavier_uniform_(self.fc2.weight)", "self.fc2.bias.data.zero_()"
    ),
    "moved when it is built": _net("self.fc2 = nn.Linear(4, 2).to('cpu')  # <-"),
    "a list of layers": _net("self.blocks = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])  # <-"),
    "a model trained before": _net("self.resnet = torchvision.models.resnet18()  # <-"),
    "a lightning module": "import torch\nimport pytorch_lightning as pl\nfrom torch import nn\nclass Net(pl.LightningModule):\n"
    "    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 2)\n        self.b = nn.Linear(2, 2)  # <-\n"
    "    def forward(self, x):\n        return self.a(x)\n",
    "another class of another file has one of this name": "# === net/decoder.py\n"
    + _net("self.norm = nn.LayerNorm(n)  # <-")
    + "# === net/model.py\nfrom torch import nn\nclass Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.norm = nn.LayerNorm(4)\n    def forward(self, x):\n        return self.norm(x)\n",
}

GOOD = {
    "called": _net("self.fc2 = nn.Linear(4, 2)", forward="return self.fc2(self.fc1(x).relu())"),
    "a forward that is still to be written": _net(
        "self.fc2 = nn.Linear(4, 2)", forward="return x  # implement the pass"
    ),
    "called in another method": _net(
        "self.head = nn.Linear(4, 2)", more="    def classify(self, x):\n        return self.head(self(x))\n"
    ),
    "by its name": _net(
        "self.conv1 = nn.Linear(4, 4)",
        "self.conv2 = nn.Linear(4, 4)",
        forward="return getattr(self, f'conv{len(x)}')(self.fc1(x))",
    ),
    "by its children": _net(
        "self.fc2 = nn.Linear(4, 4)", forward="return sum(child(x) for child in self.children()) + self.fc1(x)"
    ),
    "through the modules": _net("self.fc2 = nn.Linear(4, 4)", forward="return self._modules[name](self.fc1(x))"),
    "in a list": _net(
        "self.fc2 = nn.Linear(4, 4)", "self.all = nn.ModuleList([self.fc1, self.fc2])", forward="return self.all[0](x)"
    ),
    "its weight": _net("self.fc2 = nn.Linear(4, 4)", forward="return F.linear(self.fc1(x), self.fc2.weight)"),
    "no parameters": _net("self.drop = nn.Dropout(0.5)", "self.act = nn.ReLU()", "self.loss = nn.CrossEntropyLoss()"),
    "used by a subclass": _net("self.head = nn.Linear(4, 2)")
    + "class Classifier(Net):\n    def forward(self, x):\n        return self.head(super().forward(x))\n",
    "used from outside": _net("self.head = nn.Linear(4, 2)") + "net = Net()\nprint(net.head(net(torch.ones(1, 4))))\n",
    "a class above uses it": _HEAD + "class Base(nn.Module):\n    def features(self, x):\n        return self.body(x)\n"
    "class Net(Base):\n    def __init__(self):\n        super().__init__()\n        self.body = nn.Linear(2, 2)\n"
    "    def forward(self, x):\n        return self.features(x)\n",
    "a class above uses it, in another file": "# === base.py\nfrom torch import nn\nclass Base(nn.Module):\n"
    "    def features(self, x):\n        return self.body(x)\n# === net.py\nfrom torch import nn\nfrom base import Base\n"
    "class Net(Base):\n    def __init__(self):\n        super().__init__()\n        self.body = nn.Linear(2, 2)\n"
    "    def forward(self, x):\n        return self.features(x)\n",
    "a class above that is not known": "import torch\nfrom torch import nn\nfrom framework import Model\nclass Net(Model):\n"
    "    def __init__(self):\n        super().__init__()\n        self.head = nn.Linear(2, 2)\n    def forward(self, x):\n        return x\n",
    "a library's class uses it": _net("self.fc = nn.Linear(4, 4)", base="torchvision.models.ResNet"),
    "no forward of its own": _HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.head = nn.Linear(2, 2)\n",
    "an abstract forward": _HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.head = nn.Linear(2, 2)\n    def forward(self, x):\n        raise NotImplementedError\n",
    "kept for old checkpoints": _net("# unused, kept so that old checkpoints load", "self.fc2 = nn.Linear(4, 2)"),
    "named in a list": _net("self.fc2 = nn.Linear(4, 2)", more="LAYERS = ['fc1', 'fc2']\n"),
    "no module": "import torch\nfrom torch import nn\nclass Agent:\n    def __init__(self):\n        self.net = nn.Linear(2, 2)\n"
    "    def forward(self, x):\n        return x\n",
    "a model that only has to be there": _HEAD
    + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layer = nn.Linear(5, 2)\n"
    "    def forward(self, *args):\n        return args\n",
    "used through the module that holds it, in another file": "# === net/decoder.py\n"
    + _net("self.conv_s0 = nn.Linear(n, n)")
    + "# === net/model.py\nfrom torch import nn\nfrom net.decoder import Net\nclass Model(nn.Module):\n    def __init__(self):\n"
    "        super().__init__()\n        self.decoder = Net()\n    def forward(self, x):\n"
    "        return self.decoder(self.decoder.conv_s0(x))\n",
    "deleted by a subclass in another file": "# === net/base.py\n"
    + _net("self.fc = nn.Linear(n, 9)")
    + "# === net/encoder.py\nfrom net.base import Net\nclass Encoder(Net):\n    def __init__(self):\n        super().__init__()\n"
    "        del self.fc\n",
}
