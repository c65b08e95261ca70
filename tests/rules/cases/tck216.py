"""TCK216 uncalled-method."""

BAD = {
    "zero_grad": "import torch\nfor x, y in loader:\n    optimizer.zero_grad  # <-\n    loss = f(model(x), y)\n    loss.backward()\n    optimizer.step()\n",
    "step": "import torch\nloss.backward()\noptimizer.step  # <-\n",
    "step of a known optimizer": "import torch\no = torch.optim.SGD(model.parameters(), 0.1)\nloss.backward()\no.step  # <-\n",
    "backward": "import torch\nloss = criterion(model(x), y)\nloss.backward  # <-\noptimizer.step()\n",
    "eval": "import torch\nmodel.eval  # <-\nwith torch.no_grad():\n    out = model(x)\n",
    "train": "import torch\nclass Trainer:\n    def fit(self):\n        self.model.train  # <-\n",
    "a scheduler": "import torch\nfor epoch in range(9):\n    run()\n    lr_scheduler.step  # <-\n",
    "moved nowhere": "from torch import nn\nmodel = nn.Linear(2, 2)\nmodel.cuda  # <-\n",
    "synchronize": "import torch, time\nstart = time.time()\ntorch.cuda.synchronize  # <-\n",
    "the scaler": "import torch\nscaler = torch.cuda.amp.GradScaler()\nscaler.step(optimizer)\nscaler.update  # <-\n",
    "optimizers of a GAN": "import torch\nopt_d.zero_grad  # <-\nopt_g.zero_grad()\nloss.backward()\nopt_d.step  # <-\n",
}

GOOD = {
    "called": "import torch\noptimizer.zero_grad()\nloss.backward()\noptimizer.step()\n",
    "handed on": "import torch\ncallbacks.append(optimizer.step)\n",
    "returned": "import torch\ndef get(optimizer):\n    return optimizer.zero_grad\n",
    "assigned": "import torch\nstep = optimizer.step\nfor x in loader:\n    step()\n",
    "a number that is shown": "import torch\nstate.step\n",
    "a counter of something else": "import torch\nself.global_state.step\n",
    "an attribute of a data set": "import torch\nx = data.train\n",
    "tested": "import torch\nassert model.eval\n",
    "a default argument": "import torch\ndef f(done=optimizer.step):\n    done()\n",
    "looked up for its error": "import torch\ntry:\n    model.forward\nexcept AttributeError:\n    pass\n",
}
