"""TCK214 grad-disabled-globally."""

_LOOP = """\
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
"""
_TRAIN = """\
def train(model, loader, optimizer, criterion):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
"""
_EVALUATE = "def evaluate(model, loader):\n    return [model(x) for x in loader]\n"

BAD = {
    "at import": "import torch\ntorch.set_grad_enabled(False)  # <-\n" + _LOOP,
    "ahead of a function": "import torch\n\ntorch.set_grad_enabled(False)  # <-\n" + _TRAIN,
    "by keyword": "import torch\ntorch.set_grad_enabled(mode=False)  # <-\n" + _TRAIN,
    "imported by name": "from torch import set_grad_enabled\nset_grad_enabled(False)  # <-\n" + _TRAIN,
    "under autograd": "import torch\ntorch.autograd.set_grad_enabled(False)  # <-\n" + _LOOP,
    "between definitions and the call": "import torch\n"
    + _TRAIN
    + "torch.set_grad_enabled(False)  # <-\ntrain(m, l, o, c)\n",
    "in a file with a class that trains": (
        "import torch\ntorch.set_grad_enabled(False)  # <-\nclass Trainer:\n    def step(self, loss):\n"
        "        loss.backward()\n        self.optimizer.step()\n        self.optimizer.zero_grad()\n"
    ),
    "another name for torch": "import torch as th\nth.set_grad_enabled(False)  # <-\n" + _LOOP,
    "after an evaluation": "import torch\n"
    + _EVALUATE
    + "torch.set_grad_enabled(False)  # <-\nevaluate(m, l)\n"
    + _LOOP,
}

GOOD = {
    "nothing trains": "import torch\ntorch.set_grad_enabled(False)\n" + _EVALUATE,
    "switched on again": "import torch\ntorch.set_grad_enabled(False)\nevaluate(m, l)\ntorch.set_grad_enabled(True)\n"
    + _LOOP,
    "for a block": "import torch\nwith torch.set_grad_enabled(False):\n    model(x)\n" + _LOOP,
    "after the training": "import torch\n" + _LOOP + "torch.set_grad_enabled(False)\nmodel(x)\n",
    "after the training by a function": "import torch\n"
    + _TRAIN
    + "train(m, l, o, c)\ntorch.set_grad_enabled(False)\nm(x)\n",
    "in a function": "import torch\ndef freeze():\n    torch.set_grad_enabled(False)\n" + _TRAIN,
    "under a condition": "import torch\nif args.predict:\n    torch.set_grad_enabled(False)\n" + _TRAIN,
    "switched on where it is needed": (
        "import torch\ntorch.set_grad_enabled(False)\ndef train(model, x, o):\n    with torch.enable_grad():\n"
        "        o.zero_grad()\n        model(x).sum().backward()\n        o.step()\n"
    ),
    "a mode that is not known": "import torch\ntorch.set_grad_enabled(training)\n" + _LOOP,
    "after the training by a function that calls another": (
        "import torch\n" + _TRAIN + "def main():\n    train(m, l, o, c)\nmain()\ntorch.set_grad_enabled(False)\nm(x)\n"
    ),
}
