"""Correct training loops that look wrong. Each id says why the program is right."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes

RIGHT = {
    "cleared first": "for x in loader:\n    opt.zero_grad()\n    model(x).sum().backward()\n    opt.step()",
    "cleared last": "for x in loader:\n    model(x).sum().backward()\n    opt.step()\n    opt.zero_grad()",
    "cleared by the model": "for x in loader:\n    model.zero_grad()\n    model(x).sum().backward()\n    opt.step()",
    "cleared between forward and backward": (
        "for x in loader:\n    l = model(x).sum()\n    opt.zero_grad()\n    l.backward()\n    opt.step()"
    ),
    "one step, no loop": "model(x).sum().backward()\nopt.step()",
    "a step that others call": "def train_step(model, opt, x):\n    model(x).sum().backward()\n    opt.step()",
    "an encoder that two optimizers train in turn: what the first has used is cleared by the second": """
        enc, dec = nn.Linear(4, 2), nn.Linear(2, 4)
        both = optim.Adam([*enc.parameters(), *dec.parameters()])
        other = optim.Adam(enc.parameters())
        for x in loader:
            both.zero_grad()
            F.mse_loss(dec(enc(x)), x).backward()
            both.step()
            other.zero_grad()
            F.softplus(-enc(x)).mean().backward()
            other.step()
        """,
    "two optimizers in an object of the project's own, given to a scaler": """
        class Both:
            def __init__(self, g, d):
                self.g, self.d = g, d
            def zero_grad(self):
                self.g.zero_grad()
                self.d.zero_grad()
            def step(self):
                self.g.step()
                self.d.step()
        class Trainer:
            def __init__(self, model, optimizer):
                self.model, self.optimizer = model, optimizer
                self.scaler = torch.amp.GradScaler()
            def fit(self, loader):
                for x in loader:
                    self.optimizer.zero_grad()
                    self.scaler.scale(self.model(x).sum()).backward()
                    self.scaler.step(self.optimizer)
                    self.scaler.update()
        first, second = nn.Linear(2, 2), nn.Linear(2, 2)
        optimizer = Both(optim.SGD(first.parameters(), lr=0.1), optim.SGD(second.parameters(), lr=0.1))
        Trainer(nn.Sequential(first, second), optimizer).fit(loader)
        """,
    "evaluated with no optimizer at all": """
        class Trainer:
            def __init__(self, model, optimizer=None):
                self.model, self.optimizer = model, optimizer
                self.scaler = torch.amp.GradScaler(enabled=False)
            def fit(self, loader, train):
                for x in loader:
                    if train and self.optimizer is not None:
                        self.optimizer.zero_grad()
                    loss = self.model(x).sum()
                    self.scaler.scale(loss).backward()
                    if train:
                        self.scaler.step(self.optimizer)
        Trainer(nn.Linear(2, 2), optimizer=None).fit(loader, unknown)
        """,
    "a weight of its own in each turn": """
        for value in [-10.0, 0.0, 10.0]:
            logit = torch.tensor(value, requires_grad=True)
            loss = F.binary_cross_entropy(torch.sigmoid(logit), torch.tensor(1.0))
            loss.backward()
            logit.data -= 0.1 * logit.grad.data
        """,
    "a model of its own in each turn": """
        for rate in rates:
            net = nn.Linear(2, 2)
            opt = optim.SGD(net.parameters(), lr=rate)
            net(x).sum().backward()
            opt.step()
            print(net(x).sum())
        """,
    "two tests, each with a weight of its own": """
        def update(p, rate):
            with torch.no_grad():
                p -= rate * p.grad
        class TestUpdate:
            def test_values(self):
                p = torch.randn(5, requires_grad=True)
                (p ** 2).sum().backward()
                update(p, 0.1)
            def test_place(self):
                p = torch.randn(3, requires_grad=True)
                p.sum().backward()
                update(p, 0.01)
        """,
    "a call that raises: one argument too many has moved the others": """
        class Trainer:
            def __init__(self, model, optimizer, scheduler=None):
                self.model, self.optimizer, self.scheduler = model, optimizer, scheduler
            def fit(self, loader):
                for x, y in loader:
                    self.optimizer.zero_grad()
                    F.mse_loss(self.model(x), y).backward()
                    self.optimizer.step()
                    if self.scheduler:
                        self.scheduler.step()
        net = nn.Linear(2, 2)
        sgd = optim.SGD(net.parameters(), lr=0.1)
        Trainer(net, "name", sgd, loader).fit(loader)
        """,
    "accumulation": """
        for i, x in enumerate(loader):
            model(x).sum().backward()
            if (i + 1) % 4 == 0:
                opt.step()
                opt.zero_grad()
        """,
    "accumulation with the clear at the top": """
        for i, x in enumerate(loader):
            if i % 4 == 0:
                opt.zero_grad()
            model(x).sum().backward()
            if i % 4 == 3:
                opt.step()
        """,
    "accumulation in an inner loop": """
        for step in range(100):
            for micro in range(4):
                model(next(it)).sum().backward()
            opt.step()
            opt.zero_grad(set_to_none=True)
        """,
    "accumulation by a counter": """
        for ni, x in enumerate(loader):
            scaler.scale(model(x)).backward()
            if ni - last >= accumulate:
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
                last = ni
        """,
    "both arms clear": """
        for x in loader:
            if set_to_none:
                for p in model.parameters():
                    p.grad = None
            else:
                opt.zero_grad()
            model(x).sum().backward()
            opt.step()
        """,
    "gradients set to None": (
        "for x in loader:\n    for p in model.parameters():\n        p.grad = None\n"
        "    model(x).sum().backward()\n    opt.step()"
    ),
    "gradients zeroed in place": (
        "for x in loader:\n    for p in params:\n        if p.grad is not None:\n"
        "            p.grad.detach_()\n            p.grad.zero_()\n    f(x).backward()\n"
        "    opt.step()"
    ),
    "every optimizer of a list": (
        "for x in loader:\n    for o in optimizers:\n        o.zero_grad()\n    f(x).backward()\n"
        "    for o in optimizers:\n        o.step()"
    ),
    "comprehensions over optimizers": (
        "for x in loader:\n    [o.zero_grad() for o in opts]\n    f(x).backward()\n    [o.step() for o in opts]"
    ),
    "a helper that clears": """
        def reset(opt):
            opt.zero_grad()
        for x in loader:
            reset(opt)
            model(x).sum().backward()
            opt.step()
        """,
    "a helper from elsewhere is given the optimizer": (
        "from lib import update\nfor x in loader:\n    l = model(x)\n    l.backward()\n    opt.step()\n    update(opt)"
    ),
    "a helper from elsewhere is named for clearing": (
        "from lib import zero_gradients\nfor x in loader:\n    zero_gradients(model)\n"
        "    model(x).backward()\n    opt.step()"
    ),
    "closure that clears": """
        def closure():
            opt.zero_grad()
            loss = model(x).sum()
            loss.backward()
            return loss
        for _ in range(20):
            opt.step(closure)
        """,
    "LBFGS over one scalar": """
        t = torch.ones(1, requires_grad=True)
        opt = optim.LBFGS([t])
        def closure():
            opt.zero_grad()
            loss = (t * x).sum()
            loss.backward()
            return loss
        opt.step(closure)
        """,
    "two backwards before one step": """
        for real in loader:
            opt_d.zero_grad()
            d(real).mean().backward()
            d(fake.detach()).mean().backward()
            opt_d.step()
        """,
    "GAN, each cleared before its turn": """
        G, D = nn.Linear(2, 4), nn.Linear(4, 1)
        og, od = optim.Adam(G.parameters()), optim.Adam(D.parameters())
        for real in loader:
            od.zero_grad()
            (D(real).mean() - D(G(z).detach()).mean()).backward()
            od.step()
            og.zero_grad()
            D(G(z)).mean().backward()
            og.step()
        """,
    "GAN, the other's clear stands before this step": """
        G, D = nn.Linear(2, 4), nn.Linear(4, 1)
        og, od = optim.Adam(G.parameters()), optim.Adam(D.parameters())
        for real in loader:
            og.zero_grad()
            D(G(z)).mean().backward()
            od.zero_grad()
            og.step()
            D(real).mean().backward()
            od.step()
        """,
    "GAN, several critic steps": """
        for real in loader:
            for _ in range(5):
                D.zero_grad()
                (D(G(z).detach()).mean() - D(real).mean()).backward()
                opt_D.step()
            G.zero_grad()
            (-D(G(z)).mean()).backward()
            opt_G.step()
        """,
    "scaler steps": """
        for x in loader:
            optimizer.zero_grad()
            scaler.scale(model(x).sum()).backward()
            scaler.unscale_(optimizer)
            scaler.step(optimizer)
            scaler.update()
        """,
    "sharpness-aware minimisation": """
        for x in loader:
            model(x).sum().backward()
            optimizer.first_step(zero_grad=True)
            model(x).sum().backward()
            optimizer.second_step(zero_grad=True)
        """,
    "engine clears for itself": (
        "for x in loader:\n    loss = model_engine(x)\n    model_engine.backward(loss)\n    model_engine.step()"
    ),
    "Lightning steps by itself": """
        import lightning as L
        class Lit(L.LightningModule):
            def training_step(self, batch, i):
                return F.cross_entropy(self(batch[0]), batch[1])
            def configure_optimizers(self):
                return optim.Adam(self.parameters())
        """,
    "Lightning by hand": """
        import lightning as L
        class Lit(L.LightningModule):
            def training_step(self, batch, i):
                opt = self.optimizers()
                opt.zero_grad()
                self.manual_backward(self(batch))
                opt.step()
        """,
    "the caller clears": """
        class Agent:
            def __init__(self):
                self.net = nn.Linear(4, 2)
                self.optimizer = optim.Adam(self.net.parameters())
            def begin(self):
                self.optimizer.zero_grad()
            def learn(self, batch):
                F.mse_loss(self.net(batch.x), batch.y).backward()
                self.optimizer.step()
        """,
    "an optimizer that clears after its step": """
        class Clearing(optim.SGD):
            def step(self, closure=None):
                super().step(closure)
                self.zero_grad()
        opt = Clearing(model.parameters(), lr=0.1)
        for x in loader:
            model(x).sum().backward()
            opt.step()
        """,
    "a wrapper that clears in its step": """
        class Noam:
            def __init__(self, optimizer):
                self.optimizer = optimizer
            def step(self):
                self.optimizer.step()
                self.optimizer.zero_grad()
        opt = Noam(optim.Adam(model.parameters()))
        for x in loader:
            model(x).sum().backward()
            opt.step()
        """,
    "a new optimizer and model for every fold": """
        for fold in folds:
            model = nn.Linear(4, 1)
            opt = optim.SGD(model.parameters(), lr=0.1)
            model(fold).sum().backward()
            opt.step()
        """,
    "gradients by autograd.grad": (
        "for x in loader:\n    grads = torch.autograd.grad(model(x).sum(), params)\n"
        "    for p, g in zip(params, grads):\n        p.data -= 0.1 * g"
    ),
    "weights updated and cleared by hand": """
        w = torch.zeros(3, requires_grad=True)
        for x, y in loader:
            ((x @ w - y) ** 2).mean().backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
                w.grad.zero_()
        """,
    "weights are new leaves each time": """
        w = torch.zeros(3, requires_grad=True)
        for x, y in loader:
            ((x @ w - y) ** 2).mean().backward()
            w = (w - 0.1 * w.grad).detach().requires_grad_()
        """,
    "saliency maps": """
        model = nn.Linear(4, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for x in loader:
            x.requires_grad_()
            optimizer.zero_grad()
            model(x).sum().backward()
            maps.append(x.grad.abs())
        """,
    "skipped when not finite": """
        for x in loader:
            loss = model(x).sum()
            if not torch.isfinite(loss):
                optimizer.zero_grad()
                continue
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
    "out of memory is handled": """
        for x in loader:
            try:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()
            except RuntimeError:
                torch.cuda.empty_cache()
                continue
        """,
    "phases of one loop": """
        for phase in ["train", "val"]:
            for x in loaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    loss = model(x).sum()
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
        """,
    "equal conditions are taken alike": """
        for i, x in enumerate(loader):
            update = (i + 1) % 4 == 0
            if update:
                optimizer.zero_grad()
            model(x).sum().backward()
            if update:
                optimizer.step()
        """,
    "step hooks": """
        opt = optim.SGD(model.parameters(), lr=0.1)
        opt.register_step_post_hook(lambda o, a, k: o.zero_grad())
        for x in loader:
            model(x).sum().backward()
            opt.step()
        """,
    "gradients are written": """
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for x in loader:
            model(x).sum().backward()
            grads = [p.grad.clone() for p in model.parameters()]
            optimizer.zero_grad()
            for p, g in zip(model.parameters(), grads):
                p.grad = g.sign()
            optimizer.step()
        """,
    "steps of other things": "for a in actions:\n    obs = env.step(a)\n    prof.step()\n    loss.backward()",
    "the schedule per batch": (
        "for x in loader:\n    opt.zero_grad()\n    f(x).backward()\n    opt.step()\n"
        "    if scheduler:\n        scheduler.step()"
    ),
    "a lambda makes the optimizer": """
        make = lambda p: optim.Adam(p, lr=0.1)
        opt = make(model.parameters())
        for x in loader:
            opt.zero_grad()
            model(x).sum().backward()
            opt.step()
        """,
    "first zero_grad in an else of the first turn": """
        for epoch in range(2):
            for i, x in enumerate(loader):
                loss = model(x).sum()
                optimizer.zero_grad() if optimizer is not None else model.zero_grad()
                loss.backward()
                optimizer.step()
        """,
    "an optimizer of the project around another one": """
        class Private(optim.Optimizer):
            def __init__(self, optimizer):
                self.inner = optimizer

            def zero_grad(self):
                self.inner.zero_grad()

            def step(self, closure=None):
                return self.inner.step() if self.ready() else None

        def epoch(model, optim, loader):
            for x in loader:
                optim.zero_grad()
                model(x).sum().backward()
                optim.step()

        net = nn.Linear(4, 1)
        private = Private(optim.SGD(net.parameters(), lr=0.1))
        epoch(net, private, loader)
        """,
    "gradients of a whole data set, to be looked at": """
        net = nn.Linear(4, 1)
        sgd = optim.SGD(net.parameters(), lr=0.1)
        sgd.zero_grad()
        for x in loader:
            net(x).sum().backward()
        whole = torch.cat([p.grad.flatten() for p in net.parameters()])
        sgd.zero_grad()
        """,
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_silent(source: str) -> None:
    assert codes(source) == []
