"""TCK111 loss-built-with-tensors."""

_HEAD = "import torch\nimport torch.nn as nn\n"

BAD = {
    "output and target": _HEAD
    + "output = model(x)\nloss = nn.CrossEntropyLoss(output, target)  # <-\nloss.backward()\n",
    "predictions of a known model": _HEAD
    + "net = nn.Linear(2, 1)\ny_pred = net(x)\nloss = nn.MSELoss(y_pred, y_true)  # <-\n",
    "imported class": "from torch.nn import BCELoss\nloss = BCELoss(preds, labels)  # <-\n",
    "reshaped": _HEAD + "loss = nn.BCEWithLogitsLoss(logits.squeeze(1), labels.float())  # <-\n",
    "in a method": _HEAD
    + "class Net(nn.Module):\n    def loss(self, pred, target):\n        return nn.L1Loss(pred, target)  # <-\n",
    "by keyword": _HEAD + "loss = nn.CrossEntropyLoss(input=output, target=target)  # <-\n",
    "tensors made here": _HEAD + "a, b = torch.randn(3), torch.randn(3)\nprint(nn.SmoothL1Loss(a, b))  # <-\n",
    "in a forum's snippet": "for x, y in loader:\n    y_hat = model(x)\n    loss = nn.MSELoss(y_hat, y_true)  # <-\n    loss.backward()\n",
    "with an option": _HEAD + "loss = nn.CrossEntropyLoss(outputs, labels, reduction='sum')  # <-\n",
    "one tensor": _HEAD + "x = torch.randn(3)\nloss = nn.MSELoss(x)  # <-\n",
}

GOOD = {
    "built, then called": _HEAD + "loss = nn.CrossEntropyLoss()(output, target)\n",
    "a weight for each class": _HEAD + "criterion = nn.CrossEntropyLoss(class_weights)\n",
    "a weight by position": _HEAD + "criterion = nn.NLLLoss(torch.tensor([1.0, 2.0]))\n",
    "old options by position": _HEAD + "criterion = nn.MSELoss(False, True)\n",
    "options by keyword": _HEAD + "criterion = nn.CrossEntropyLoss(weight=w, ignore_index=0, label_smoothing=0.1)\n",
    "the function": "import torch.nn.functional as F\nloss = F.cross_entropy(output, target)\n",
    "options that are variables": _HEAD + "criterion = nn.CrossEntropyLoss(weight, size_average)\n",
    "unknown settings": _HEAD + "criterion = nn.HuberLoss(reduction, delta)\n",
    "a class of the project": "import torch\nfrom losses import MSELoss\nloss = MSELoss(output, target)\n",
    "arguments that can't be seen": _HEAD + "criterion = nn.CrossEntropyLoss(*args, **kwargs)\n",
    "a margin": _HEAD + "criterion = nn.TripletMarginLoss(1.0, 2)\n",
}
