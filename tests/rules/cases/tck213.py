"""TCK213 no-grad-not-entered."""

BAD = {
    "before an evaluation": "import torch\nmodel.eval()\ntorch.no_grad()  # <-\nout = model(x)\n",
    "not even called": "import torch\ntorch.no_grad  # <-\nout = model(x)\n",
    "imported name": "from torch import no_grad\ndef test(model, x):\n    no_grad()  # <-\n    return model(x)\n",
    "inference mode": "import torch as th\nth.inference_mode()  # <-\n",
    "of autograd": "import torch.autograd as autograd\nautograd.no_grad()  # <-\n",
    "enable again": "import torch\nwith torch.no_grad():\n    torch.enable_grad()  # <-\n    loss.backward()\n",
    "in a snippet without imports": "for x, y in loader:\n    torch.no_grad()  # <-\n    model(x)\n",
    "autocast": "import torch\nfor x in loader:\n    torch.autocast('cuda')  # <-\n    loss = model(x)\n",
    "old autocast": "from torch.cuda.amp import autocast\nautocast()  # <-\nloss = model(x)\n",
}

GOOD = {
    "entered": "import torch\nwith torch.no_grad():\n    out = model(x)\n",
    "a decorator": "import torch\n@torch.no_grad()\ndef f(x):\n    return model(x)\n",
    "a decorator that is not called": "import torch\n@torch.no_grad\ndef f(x):\n    return model(x)\n",
    "an exit stack": "import torch\nstack.enter_context(torch.no_grad())\n",
    "kept for later": "import torch\ncontext = torch.no_grad() if frozen else nullcontext()\nwith context:\n    model(x)\n",
    "acts when called": "import torch\ntorch.set_grad_enabled(False)\nout = model(x)\n",
    "entered by hand": "import torch\ntorch.no_grad().__enter__()\nout = model(x)\n",
    "wraps a function": "import torch\nevaluate = torch.no_grad()(evaluate)\n",
    "another no_grad": "from helpers import no_grad\nno_grad()\n",
    "returned": "import torch\ndef context():\n    return torch.no_grad()\n",
}
