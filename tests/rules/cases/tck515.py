"""TCK515 requires-grad-misspelt."""

_NET = "import torch\nimport torchvision\nfrom torch import nn\nmodel = torchvision.models.resnet18()\n"

BAD = {
    "require_grad": _NET + "for p in model.parameters():\n    p.require_grad = False  # <-\n",
    "of named parameters": _NET
    + "for name, param in model.named_parameters():\n    if 'fc' not in name:\n        param.requires_gard = False  # <-\n",
    "of a weight": "from torch import nn\nemb = nn.Embedding(3, 2)\nemb.weight.require_grad = False  # <-\n",
    "a whole model": _NET + "model.requires_grad = False  # <-\n",
    "a layer of a model": _NET + "model.layer1.requires_grad = False  # <-\nmodel.fc.requires_grad = True  # <-\n",
    "children": _NET + "for child in model.children():\n    child.requires_grad = False  # <-\n",
    "a part of one's own model": "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.enc = nn.Linear(2, 2)\n        self.enc.requires_grad = False  # <-\n",
    "a model that is handed in": "import torch\ndef freeze(model):\n    model.requires_grad = False  # <-\n    return model\n",
    "an input": "import torch\nx = torch.randn(2)\nx.required_grad = True  # <-\n",
    "in a loop over an unknown model": "import torch\nfor p in net.parameters():\n    p.requre_grad = False  # <-\n",
    "a backbone": "import torch\nbackbone.requires_grad = False  # <-\n",
}

GOOD = {
    "parameters": _NET + "for p in model.parameters():\n    p.requires_grad = False\n",
    "a method": _NET + "model.requires_grad_(False)\nmodel.fc.requires_grad_(True)\n",
    "a weight": "from torch import nn\nemb = nn.Embedding(3, 2)\nemb.weight.requires_grad = False\n",
    "a tensor": "import torch\nx = torch.randn(2)\nx.requires_grad = True\n",
    "a token": _NET + "model.cls_token.requires_grad = False\n",
    "an attribute of one's own class": "import torch\nclass Opt:\n    def __init__(self):\n        self.require_grad = False\n        self.requires_grad = True\n",
    "an argument": "import torch\nargs.require_grad = True\n",
    "an unknown thing": "import torch\ndef f(t):\n    t.requires_grad = True\n    image.requires_grad = True\n",
    "a fake function": "import torch\nnode.requires_grad_fn = g\n",
    "compared": "import torch\nif p.requires_grad == False:\n    pass\n",
}
