"""TCK411 squeeze-without-dim."""

_NET = "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 1)\n    def forward(self, x):\n"

BAD = {
    "at the end of forward": _NET + "        return self.fc(x).squeeze()  # <-\n",
    "the function": _NET + "        return torch.squeeze(self.fc(x))  # <-\n",
    "a variable": _NET + "        out = self.fc(x)\n        out = out.squeeze()  # <-\n        return out\n",
    "an input": _NET + "        x = x.squeeze()  # <-\n        return self.fc(x)\n",
    "fed to a loss": "import torch\nfrom torch import nn\nmodel = nn.Linear(2, 1)\nloss = criterion(model(x).squeeze(), y)  # <-\n",
    "an output by its name": "import torch\noutputs = model(inputs)\nloss = criterion(outputs.squeeze(), labels)  # <-\n",
    "the function on an output": "import torch\npred = net(x)\nloss = f(torch.squeeze(pred), y)  # <-\n",
    "by keyword": _NET + "        return torch.squeeze(input=self.fc(x))  # <-\n",
    "twice": _NET + "        a = self.fc(x).squeeze()  # <-\n        b = x.squeeze()  # <-\n        return a + b\n",
}

GOOD = {
    "an axis": _NET + "        return self.fc(x).squeeze(1)\n",
    "an axis by keyword": _NET + "        return self.fc(x).squeeze(dim=-1)\n",
    "the function with an axis": _NET + "        return torch.squeeze(self.fc(x), 1)\n",
    "an image that is shown": "import torch\nimg, label = dataset[0]\nplt.imshow(img.squeeze())\n",
    "numpy": "import torch\nimport numpy as np\na = np.squeeze(a)\n",
    "not a module": "import torch\nclass A:\n    def forward(self, x):\n        return x.squeeze()\n",
    "a number": "import torch\nloss = losses.squeeze()\n",
    "another method of a module": "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def show(self, image):\n        return image.squeeze()\n",
    "unknown arguments": _NET + "        return self.fc(x).squeeze(*axes)\n",
}
