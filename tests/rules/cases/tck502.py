"""TCK502 forward-called-directly."""

_HEAD = "import torch\nimport torchvision\nfrom torch import nn\n"
_CLASS = (
    _HEAD
    + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 2)\n"
    "    def forward(self, x):\n        return self.fc(x)\n"
)

BAD = {
    "one's own model": _CLASS + "model = Net()\nprint(model.forward(torch.ones(1, 2)))  # <-\n",
    "in a training loop": _CLASS
    + "net = Net()\noptimizer = torch.optim.SGD(net.parameters(), lr=0.1)\nfor x, y in batches:\n"
    "    optimizer.zero_grad()\n    loss = (net.forward(x) - y).pow(2).mean()  # <-\n    loss.backward()\n    optimizer.step()\n",
    "a library's model": _HEAD + "model = torchvision.models.resnet18()\ny = model.forward(x)  # <-\n",
    "a layer of one's own": _HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.a = nn.Linear(2, 2)\n        self.b = nn.Linear(2, 2)\n    def forward(self, x):\n"
    "        x = torch.relu(self.a.forward(x))  # <-\n        return self.b.forward(x)  # <-\n",
    "a loss": _HEAD + "criterion = nn.CrossEntropyLoss()\nloss = criterion.forward(output, target)  # <-\n",
    "a model handed in": _HEAD + "def evaluate(model, loader):\n    model.eval()\n    for x, y in loader:\n"
    "        out = model.forward(x)  # <-\n",
    "a model with its type": _HEAD + "def evaluate(policy: nn.Module, x):\n    return policy.forward(x) * 2  # <-\n",
    "a model on a device": _CLASS + "model = Net().to('cpu')\ny = model.forward(x)  # <-\n",
    "a part of a trainer": _CLASS + "class Trainer:\n    def __init__(self):\n        self.net = Net()\n"
    "    def step(self, x):\n        return self.net.forward(x).mean()  # <-\n",
    "a sequence": _HEAD + "net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())\ny = net.forward(x)  # <-\n",
    "right where it is built": _HEAD + "y = nn.Linear(2, 2).forward(x)  # <-\n",
    "wrapped in parallel": _CLASS + "model = nn.DataParallel(Net())\ny = model.forward(x)  # <-\n",
    "a parameter of a class of the project": _HEAD + "class Encoder(nn.Module):\n    def __init__(self):\n"
    "        super().__init__()\n        self.fc = nn.Linear(2, 2)\n    def forward(self, x):\n        return self.fc(x)\n"
    "def encode(encoder: Encoder, x):\n    return encoder.forward(x)  # <-\n",
}

GOOD = {
    "called": _CLASS + "model = Net()\nprint(model(torch.ones(1, 2)))\n",
    "the forward of the class above": _HEAD
    + "class Norm(nn.LayerNorm):\n    def forward(self, x):\n        return super().forward(x.float()).type_as(x)\n",
    "the forward of a class by its name": _HEAD
    + "class Norm(nn.LayerNorm):\n    def forward(self, x):\n        return nn.LayerNorm.forward(self, x.float())\n",
    "its own forward": _CLASS + "    def predict(self, x):\n        return self.forward(x).argmax(-1)\n",
    "a wrapper that delegates": _HEAD
    + "class Wrapper(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.net = nn.Linear(2, 2)\n    def forward(self, *args, **kwargs):\n"
    "        return self.net.forward(*args, **kwargs)\n",
    "a wrapper that delegates and counts": _HEAD + "class Wrapper(nn.Module):\n    def __init__(self):\n"
    "        super().__init__()\n        self.net = nn.Linear(2, 2)\n        self.seen = 0\n"
    "    def forward(self, *args, **kwargs):\n        self.seen += 1\n"
    "        return self.net.forward(*args, **kwargs)\n",
    "a part of a wrapper that delegates": _HEAD + "class Wrapper(nn.Module):\n    def __init__(self):\n"
    "        super().__init__()\n        self.nets = nn.ModuleList([nn.Linear(2, 2)])\n"
    "    def forward_i(self, i, *args, **kwargs):\n        return self.nets[i].forward(*args, **kwargs)\n",
    "a class that is not known, whose call may do more": "import torch\nfrom gaussian import Process\n"
    "def prior(model: Process, x):\n    model.eval()\n    return model.forward(x)\n",
    "an abstract class, whose subclasses say what a call does": _HEAD + "from abc import ABC\n"
    "class Gaussian(nn.Module, ABC):\n    def prior(self):\n        return 0\n"
    "def leave_one_out(model: Gaussian, x):\n    return model.forward(x)\n",
    "no module": "import torch\nclass Env:\n    def forward(self, x):\n        return x\nenv = Env()\nenv.forward(torch.ones(1))\n",
    "a robot": "import torch\nrobot.forward(10)\n",
    "an autograd function": "import torch\nclass Square(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        return x * x\ndef f(ctx, x):\n    return Square.forward(ctx, x)\n",
    "handed on as a function": _CLASS + "model = Net()\ntraced = torch.jit.trace(model.forward, torch.ones(1, 2))\n",
    "replaced by a wrapper": _CLASS
    + "model = Net()\nmodel._forward = model.forward\nmodel.forward = lambda x: model._forward(x)\n",
    "around the hooks on purpose": _CLASS + "model = Net()\n# without the hooks\ny = model.forward(torch.ones(1, 2))\n",
    "a comparison of both": _CLASS + "def test_forward():\n    model = Net()\n    x = torch.ones(1, 2)\n"
    "    assert torch.equal(model(x), model.forward(x))\n",
    "a class with a __call__ of its own": _CLASS
    + "    def __call__(self, x):\n        return self.fc(x).exp()\nmodel = Net()\ny = model.forward(torch.ones(1, 2))\n",
    "an unknown thing": "import torch\ndef run(stage, x):\n    return stage.forward(x)\n",
}
