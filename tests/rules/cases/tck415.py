"""TCK415 iterator-rebuilt."""

_STEP = "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"

BAD = {
    "a counted loop": f"import torch\nfor step in range(1000):\n    x, y = next(iter(train_loader))  # <-\n    loss = f(model(x), y)\n{_STEP}",
    "a while loop": f"import torch\nwhile step < 1000:\n    batch = next(iter(loader))  # <-\n    loss = model(batch)\n{_STEP}",
    "a known loader": f"import torch\nfrom torch.utils.data import DataLoader\ndata = DataLoader(ds, batch_size=8, shuffle=True)\nfor i in range(9):\n    x = next(iter(data))  # <-\n    loss = model(x)\n{_STEP}",
    "an attribute": "import torch\nclass Trainer:\n    def fit(self):\n        for step in range(self.steps):\n            x, y = next(iter(self.train_loader))  # <-\n            loss = self.loss(self.model(x), y)\n            loss.backward()\n            self.optimizer.step()\n",
    "the dunder": f"import torch\nfor step in range(1000):\n    x, y = iter(train_loader).__next__()  # <-\n    loss = f(model(x), y)\n{_STEP}",
    "a second loader": f"import torch\nfor x, y in labelled_loader:\n    u = next(iter(unlabelled_loader))  # <-\n    loss = f(model(x), y) + g(model(u))\n{_STEP}",
    "sent to the device": f"import torch\nfor _ in tqdm(range(1000)):\n    x = next(iter(train_loader))[0].to(device)  # <-\n    loss = model(x)\n{_STEP}",
    "steps of an epoch": "import torch\nfor epoch in range(9):\n    for i in range(len(train_loader)):\n        x, y = next(iter(train_loader))  # <-\n        loss = f(model(x), y)\n        loss.backward()\n        optimizer.step()\n",
    "a GAN": "import torch\nfor it in range(1000):\n    real = next(iter(dataloader))  # <-\n    d_loss = d(real).mean()\n    d_loss.backward()\n    opt_d.step()\n",
}

GOOD = {
    "once before the loop": f"import torch\nx, y = next(iter(train_loader))\nfor step in range(1000):\n    loss = f(model(x), y)\n{_STEP}",
    "an iterator of its own": f"import torch\nbatches = iter(train_loader)\nfor step in range(100):\n    x, y = next(batches)\n    loss = f(model(x), y)\n{_STEP}",
    "begun again when it ends": f"import torch\nit = iter(train_loader)\nfor step in range(100):\n    try:\n        x, y = next(it)\n    except StopIteration:\n        it = iter(train_loader)\n        x, y = next(it)\n    loss = f(model(x), y)\n{_STEP}",
    "a cycle": f"import itertools\nimport torch\nbatches = itertools.cycle(train_loader)\nfor step in range(100):\n    x, y = next(batches)\n    loss = f(model(x), y)\n{_STEP}",
    "a loop over the loader": f"import torch\nfor x, y in train_loader:\n    loss = f(model(x), y)\n{_STEP}",
    "a picture now and then": "import torch\nfor i, (x, y) in enumerate(train_loader):\n    loss = f(model(x), y)\n    loss.backward()\n    optimizer.step()\n    optimizer.zero_grad()\n    if i % 100 == 0:\n        log(next(iter(train_loader)))\n",
    "a batch to show after each epoch": "import torch\nfor epoch in range(9):\n    for x, y in train_loader:\n        optimizer.zero_grad()\n        f(model(x), y).backward()\n        optimizer.step()\n    show(next(iter(train_loader)))\n",
    "overfitting one batch on purpose": f"import torch\ndef overfit_one_batch():\n    for step in range(100):\n        x, y = next(iter(train_loader))\n        loss = f(model(x), y)\n{_STEP.replace('    o', '        o').replace('    l', '        l')}",
    "the first parameter": f"import torch\nfor x, y in train_loader:\n    x = x.to(next(iter(model.parameters())).device)\n    loss = f(model(x), y)\n{_STEP}",
    "the keys of a dict": f"import torch\nfor batch in train_loader:\n    key = next(iter(batch))\n    loss = model(batch[key])\n{_STEP}",
    "one loader after another": f"import torch\nfor task_loader in loaders:\n    x, y = next(iter(task_loader))\n    loss = f(model(x), y)\n{_STEP}",
    "all data in one batch": f"import torch\nfrom torch.utils.data import DataLoader\nloader = DataLoader(ds, batch_size=len(ds), shuffle=True)\nfor epoch in range(100):\n    x, y = next(iter(loader))\n    loss = f(model(x), y)\n{_STEP}",
}
