"""TCK519 method-overwritten."""

_HEAD = "import torch\nfrom torch import nn\nlayer = nn.Linear(2, 2)\n"

BAD = {
    "copy of an array": _HEAD + "layer.weight.data.copy_ = torch.from_numpy(vectors)  # <-\n",
    "fill with a number": _HEAD + "layer.bias.data.fill_ = 0.01  # <-\n",
    "zero": _HEAD + "layer.bias.data.zero_ = True  # <-\n",
    "of a weight": _HEAD + "layer.weight.normal_ = (0, 0.02)  # <-\n",
    "in a model": "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self, w):\n        super().__init__()\n        self.emb = nn.Embedding(3, 2)\n        self.emb.weight.data.copy_ = torch.tensor(w)  # <-\n",
    "eval set to true": _HEAD + "layer.eval = True  # <-\n",
    "train set to false": _HEAD + "layer.train = False  # <-\n",
    "of a tensor": "import torch\nx = torch.ones(2)\nx.requires_grad_ = True  # <-\n",
    "over parameters": _HEAD + "for p in layer.parameters():\n    p.data.uniform_ = -0.1, 0.1  # <-\n",
    "a gradient": _HEAD + "layer.weight.grad.zero_ = 0  # <-\n",
}

GOOD = {
    "called": _HEAD + "layer.weight.data.copy_(values)\n",
    "a flag": _HEAD + "layer.weight.requires_grad = False\n",
    "data assigned": _HEAD + "layer.weight.data = values\n",
    "replaced by a function": _HEAD + "layer.eval = lambda: layer\n",
    "a method of the user's wraps it": "import torch\noptimizer.step = wrap(optimizer.step)\n",
    "an attribute of the user's class": "import torch\nclass Args:\n    def __init__(self):\n        self.train = True\n        self.eval = False\n",
    "a namespace": "import torch\nargs.train = True\nargs.eval = False\n",
    "a mock": _HEAD + "layer.train = disabled_train\n",
    "trailing underscore of one's own": "import torch\nself.weights_ = torch.ones(2)\nself.data_ = 3\n",
}
