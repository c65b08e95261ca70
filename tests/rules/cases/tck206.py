"""TCK206 update-outside-no-grad."""

_HEAD = "import torch\nw = torch.randn(4, 1, requires_grad=True)\nb = torch.zeros(1, requires_grad=True)\n"
_LOSS = "    loss = (x @ w + b - y).pow(2).mean()\n    loss.backward()\n"
_MODEL = "import torch\nmodel = torch.nn.Linear(4, 1)\nfor x, y in loader:\n    loss = (model(x) - y).pow(2).mean()\n"
_MODEL += "    model.zero_grad()\n    loss.backward()\n"

BAD = {
    "a helper that the loop calls": (
        "import torch\nnet = torch.nn.Linear(3, 1)\ndef sgd(params, lr):\n    for p in params:\n"
        "        p -= lr * p.grad  # <-\n        p.grad.zero_()\nfor x, y in loader:\n"
        "    loss = (net(x) - y).pow(2).mean()\n    loss.backward()\n    sgd(list(net.parameters()), 0.1)\n"
    ),
    "in place": _HEAD + "for x, y in loader:\n" + _LOSS + "    w -= 0.1 * w.grad  # <-\n    w.grad.zero_()\n",
    "two weights": _HEAD + "for x, y in loader:\n" + _LOSS + "    w -= lr * w.grad  # <-\n    b -= lr * b.grad  # <-\n",
    "by a method": _HEAD + "for x, y in loader:\n" + _LOSS + "    w.sub_(lr * w.grad)  # <-\n    w.grad = None\n",
    "by add_": _HEAD + "for x, y in loader:\n" + _LOSS + "    w.add_(w.grad, alpha=-lr)  # <-\n    w.grad = None\n",
    "another tensor": _HEAD + "for _ in range(100):\n" + _LOSS + "    w = w - 0.1 * w.grad  # <-\n",
    "the parameters of a model": _MODEL + "    for p in model.parameters():\n        p -= 0.01 * p.grad  # <-\n",
    "the variable of a loop": _MODEL
    + "    for param in model.parameters():\n        param = param - lr * param.grad  # <-\n",
    "in a function": (
        "import torch\ndef fit(loader, lr):\n    w = torch.zeros(4, 1, requires_grad=True)\n    for x, y in loader:\n"
        "        loss = (x @ w - y).pow(2).mean()\n        loss.backward()\n        w -= lr * w.grad  # <-\n"
        "        w.grad.zero_()\n    return w\n"
    ),
    "plus a negative rate": _HEAD
    + "for _ in range(100):\n"
    + _LOSS
    + "    w += -0.1 * w.grad  # <-\n    w.grad.zero_()\n",
}

GOOD = {
    "a helper that the loop calls under no_grad": (
        "import torch\nnet = torch.nn.Linear(3, 1)\ndef sgd(params, lr):\n    for p in params:\n"
        "        p -= lr * p.grad\n        p.grad.zero_()\nfor x, y in loader:\n"
        "    loss = (net(x) - y).pow(2).mean()\n    loss.backward()\n    with torch.no_grad():\n"
        "        sgd(list(net.parameters()), 0.1)\n"
    ),
    "under no_grad": _HEAD
    + "for x, y in loader:\n"
    + _LOSS
    + "    with torch.no_grad():\n        w -= lr * w.grad\n        w.grad = None\n",
    "the data": _HEAD + "for x, y in loader:\n" + _LOSS + "    w.data -= lr * w.grad.data\n    w.grad.data.zero_()\n",
    "a method of the data": _MODEL + "    for p in model.parameters():\n        p.data.sub_(p.grad.data * lr)\n",
    "a decorated helper": _HEAD
    + "@torch.no_grad()\ndef update(lr):\n    w.sub_(lr * w.grad)\n    w.grad.zero_()\nfor x, y in loader:\n"
    + _LOSS
    + "    update(0.1)\n",
    "a helper that may run under no_grad": "def sgd(params, lr):\n    for p in params:\n        p -= lr * p.grad\n        p.grad.zero_()\n",
    "made a leaf again": _HEAD
    + "for x, y in loader:\n"
    + _LOSS
    + "    w = w - lr * w.grad\n    w = w.detach().requires_grad_(True)\n",
    "fast weights": (
        "import torch\ndef adapt(w, loss_of, x, lr):\n    grad, = torch.autograd.grad(loss_of(x, w), [w], create_graph=True)\n"
        "    w = w - lr * grad\n    loss_of(x, w).backward()\n    return w\n"
    ),
    "gradients switched off by a flag": _HEAD
    + "for x, y in loader:\n"
    + _LOSS
    + "    with torch.set_grad_enabled(False):\n        w -= lr * w.grad\n        w.grad = None\n",
    "a context of its own": _HEAD
    + "from tools import frozen\nfor x, y in loader:\n"
    + _LOSS
    + "    with frozen():\n        w -= lr * w.grad\n        w.grad = None\n",
    "the gradient is changed, not the weight": _HEAD
    + "optimizer = torch.optim.SGD([w, b], lr=0.1)\nfor x, y in loader:\n    optimizer.zero_grad()\n"
    + _LOSS
    + "    w.grad += 0.01 * torch.randn_like(w.grad)\n    optimizer.step()\n",
    "an input that is attacked": (
        "import torch\nmodel = torch.nn.Linear(4, 1)\ndef attack(x, y):\n    delta = torch.zeros_like(x, requires_grad=True)\n"
        "    for _ in range(10):\n        loss = (model(x + delta) - y).pow(2).mean()\n        loss.backward()\n"
        "        delta.data = delta + 0.01 * delta.grad.sign()\n        delta.grad.zero_()\n    return delta.detach()\n"
    ),
}
