"""Spellings and near-misses of whole-model-saved."""

_HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""

BAD = {
    "the model": _HEAD + "torch.save(model, 'model.pt')  # <-\n",
    "from torch import save": "from torch import save\n" + _HEAD + "save(model, 'model.pt')  # <-\n",
    "by keyword": _HEAD + "torch.save(obj=model, f='model.pt')  # <-\n",
    "a Sequential": _HEAD + "net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())\ntorch.save(net, 'net.pt')  # <-\n",
    "in a checkpoint": _HEAD + "checkpoint = {'model': model, 'epoch': 3}\ntorch.save(checkpoint, 'c.pt')  # <-\n",
    "in a loop": _HEAD
    + """\
for epoch in range(3):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
    torch.save(model, f"model_{epoch}.pt")  # <-
""",
    "self": _HEAD.replace(
        "        return self.fc(x)\n",
        "        return self.fc(x)\n\n    def loss(self, x, y):\n        return F.mse_loss(self(x), y)\n\n"
        "    def keep(self, loss=nn.MSELoss()):\n        torch.save(self, 'net.pt')  # <-\n",
    ),
    "on the CPU, in evaluation mode": _HEAD + "torch.save(model.cpu().eval(), 'model.pt')  # <-\n",
    "the module in the wrapper": _HEAD + "model = nn.DataParallel(model)\ntorch.save(model, 'model.pt')  # <-\n",
    "a ready-made one": "import torch\nfrom torchvision import models\nmodel = models.resnet18()\n"
    "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\ntorch.save(model, 'resnet.pt')  # <-\n",
}

GOOD = {
    "its weights": _HEAD + "torch.save(model.state_dict(), 'model.pt')\n",
    "weights in a checkpoint": _HEAD
    + "torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict()}, 'c.pt')\n",
    "scripted": _HEAD + "scripted = torch.jit.script(model)\ntorch.save(scripted, 'model.pt')\n",
    "traced": _HEAD + "traced = torch.jit.trace(model, torch.randn(1, 4))\ntraced.save('model.pt')\n",
    "a tensor": _HEAD + "torch.save(model(torch.randn(1, 4)), 'out.pt')\n",
    "nobody knows what it is": "import torch\nimport torch.nn.functional as F\ndef save(model, path, loss=F.mse_loss):\n"
    "    torch.save(model, path)\n",
    "exported": _HEAD + "torch.onnx.export(model, torch.randn(1, 4), 'model.onnx')\n",
    "weights by name": _HEAD + "state = model.state_dict()\ntorch.save(state, 'model.pt')\n",
    "its settings": _HEAD + "torch.save({'hidden': 16, 'weights': dict(model.named_parameters())}, 'model.pt')\n",
    "into memory, for a copy": _HEAD
    + "import io\nmodel = Net()\nwith io.BytesIO() as file:\n    torch.save(model, file)\n    file.seek(0)\n"
    "    clone = torch.load(file, weights_only=False)\nbuffer = io.BytesIO()\ntorch.save(model, buffer)\n",
}
