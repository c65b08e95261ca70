"""Training loops of real projects in miniature: those that are right, and a few that never clear."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes

RIGHT = {
    "accelerate clears when it synchronises": """
        from accelerate import Accelerator
        accelerator = Accelerator(gradient_accumulation_steps=4)
        model, optimizer, loader, scheduler = accelerator.prepare(model, optimizer, loader, scheduler)
        for batch in loader:
            with accelerator.accumulate(model):
                loss = model(**batch).loss
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
        """,
    "gradients of every group set to None": """
        for x in loader:
            for group in optimizer.param_groups:
                for p in group["params"]:
                    p.grad = None
            model(x).sum().backward()
            optimizer.step()
        """,
    "a hook of a runner does one whole step": """
        class OptimizerHook(Hook):
            def after_train_iter(self, runner):
                runner.optimizer.zero_grad()
                runner.outputs["loss"].backward()
                runner.optimizer.step()
        """,
    "the batch is cleared after its step": """
        class Learner:
            def __init__(self, model, cbs):
                self.model, self.cbs = model, cbs
                self.opt = optim.SGD(model.parameters(), lr=0.1)
            def one_batch(self, xb, yb):
                self("begin_batch")
                self.loss = F.mse_loss(self.model(xb), yb)
                self.loss.backward()
                self.opt.step()
                self("after_step")
                self.opt.zero_grad()
            def __call__(self, name):
                for cb in self.cbs: getattr(cb, name)()
        """,
    "callbacks are given the trainer that holds the optimizer": """
        class Learner:
            def __init__(self, model, cbs):
                self.model, self.cbs = model, cbs
                self.opt = optim.SGD(model.parameters(), lr=0.1)
            def fit(self, dl):
                for xb, yb in dl:
                    for cb in self.cbs: cb.before_batch(self)
                    self.loss = F.mse_loss(self.model(xb), yb)
                    self.loss.backward()
                    self.opt.step()
        """,
    "callbacks decide": """
        class Learner:
            def fit(self, dl):
                for xb, yb in dl:
                    loss = F.mse_loss(self.model(xb), yb)
                    if not self.cb_handler.on_backward_end(): loss.backward()
                    if self.cb_handler.on_step(): self.opt.step()
                    self.cb_handler.on_batch_end()
        """,
    "accumulation with a remainder": """
        for i, x in enumerate(loader):
            loss = model(x).sum() / 4
            loss.backward()
            if (i + 1) % 4 == 0 or (i + 1) == len(loader):
                optimizer.step()
                optimizer.zero_grad()
        """,
    "momentum by hand": """
        params = [w, b]
        vel = [torch.zeros_like(p) for p in params]
        for x, y in loader:
            loss = ((x @ w + b - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                for p, v in zip(params, vel):
                    v.mul_(0.9).add_(p.grad)
                    p -= 0.1 * v
                    p.grad.zero_()
        """,
    "an update function that clears": """
        def sgd(params, lr, batch_size):
            with torch.no_grad():
                for param in params:
                    param -= lr * param.grad / batch_size
                    param.grad.zero_()
        w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
        b = torch.zeros(1, requires_grad=True)
        def linreg(X, w, b): return torch.matmul(X, w) + b
        def squared_loss(y_hat, y): return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
        for epoch in range(3):
            for X, y in data_iter(10, features, labels):
                l = squared_loss(linreg(X, w, b), y)
                l.sum().backward()
                sgd([w, b], 0.03, 10)
        """,
    "an optimizer or a function that clears": """
        def train_epoch_ch3(net, train_iter, loss, updater):
            for X, y in train_iter:
                y_hat = net(X)
                l = loss(y_hat, y)
                if isinstance(updater, torch.optim.Optimizer):
                    updater.zero_grad()
                    l.mean().backward()
                    updater.step()
                else:
                    l.sum().backward()
                    updater(X.shape[0])
        """,
    "several epochs over one batch": """
        class PPO:
            def __init__(self):
                self.policy = nn.Linear(4, 2)
                self.optimizer = optim.Adam(self.policy.parameters())
                self.MseLoss = nn.MSELoss()
            def update(self, memory):
                for _ in range(self.K):
                    logprobs = self.policy(memory.states)
                    loss = -torch.min(logprobs, logprobs) + 0.5 * self.MseLoss(values, rewards)
                    self.optimizer.zero_grad()
                    loss.mean().backward()
                    self.optimizer.step()
        """,
    "an attack clears the gradient of its input": """
        def pgd(model, x, y):
            delta = torch.zeros_like(x, requires_grad=True)
            for t in range(10):
                loss = F.cross_entropy(model(x + delta), y)
                loss.backward()
                delta.data = (delta + 0.1 * delta.grad.detach().sign()).clamp(-1, 1)
                delta.grad.zero_()
            return delta.detach()
        """,
    "a closure in a while loop": """
        img = content.clone().requires_grad_(True)
        optimizer = optim.LBFGS([img])
        run = [0]
        while run[0] <= 300:
            def closure():
                optimizer.zero_grad()
                model(img)
                loss = 0
                for sl in style_losses: loss += sl.loss
                loss.backward()
                run[0] += 1
                return loss
            optimizer.step(closure)
        """,
    "the generator's turn comes now and then": """
        for epoch in range(9):
            for i, (imgs, _) in enumerate(dataloader):
                optimizer_D.zero_grad()
                d_loss = -torch.mean(D(imgs)) + torch.mean(D(fake)) + 10 * gp
                d_loss.backward()
                optimizer_D.step()
                optimizer_G.zero_grad()
                if i % 5 == 0:
                    g_loss = -torch.mean(D(G(z)))
                    g_loss.backward()
                    optimizer_G.step()
        """,
    "optimizers in a dictionary of self": """
        class T:
            def __init__(self, cfg):
                self.nets = {"g": nn.Linear(2, 2), "d": nn.Linear(2, 1)}
                self.opts = {k: optim.Adam(n.parameters()) for k, n in self.nets.items()}
            def train(self, it):
                for x in it:
                    for o in self.opts.values(): o.zero_grad()
                    self.nets["d"](self.nets["g"](x)).sum().backward()
                    for o in self.opts.values(): o.step()
        """,
    "a method that clears": """
        class T:
            def __init__(self, model):
                self.model = model
                self.optimizer = optim.Adam(model.parameters())
            def reset(self):
                self.optimizer.zero_grad()
            def step(self, x):
                self.model(x).sum().backward()
                self.optimizer.step()
            def train(self, it):
                for x in it:
                    self.reset()
                    self.step(x)
        """,
    "a step before any backward": """
        optimizer.zero_grad()
        optimizer.step()
        for x in loader:
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()
        """,
    "a batch is skipped after its backward": """
        for x in loader:
            loss = model(x).sum()
            if torch.isnan(loss): continue
            loss.backward()
            if grad_norm > 10:
                optimizer.zero_grad()
                continue
            optimizer.step()
            optimizer.zero_grad()
        """,
    "an optimizer class of one's own": """
        class Opt:
            def __init__(self, params): self.params = list(params)
            def step(self):
                for p in self.params: p.data -= 0.1 * p.grad
            def zero_grad(self):
                for p in self.params: p.grad = None
        opt = Opt(model.parameters())
        for x in loader:
            model(x).sum().backward()
            opt.step()
            opt.zero_grad()
        """,
    "updated by hand, cleared by the model": """
        class Value:
            def backward(self): pass
        for k in range(20):
            loss = total(model)
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= 0.1 * p.grad
        """,
}

NEVER_CLEARED = {
    "an optimizer class of one's own, never cleared": """
        class Opt:
            def __init__(self, params): self.params = list(params)
            def step(self):
                for p in self.params: p.data -= 0.1 * p.grad
        opt = Opt(model.parameters())
        for x in loader:
            model(x).sum().backward()
            opt.step()
        """,
    "an update function that never clears": """
        def sgd(params, lr):
            with torch.no_grad():
                for param in params:
                    param -= lr * param.grad
        w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
        for X, y in it:
            ((X @ w - y) ** 2).sum().backward()
            sgd([w], 0.03)
        """,
    "helper that gets the optimizer": """
        def fit(epochs, model, loss_func, opt, train_dl):
            for epoch in range(epochs):
                model.train()
                for xb, yb in train_dl:
                    loss_batch(model, loss_func, xb, yb, opt)
        def loss_batch(model, loss_func, xb, yb, opt=None):
            loss = loss_func(model(xb), yb)
            if opt is not None:
                loss.backward()
                opt.step()
            return loss.item(), len(xb)
        """,
    "generator of a GAN": """
        for i, imgs in enumerate(dataloader):
            optimizer_D.zero_grad()
            d_loss = criterion(D(imgs), ones)
            d_loss.backward()
            optimizer_D.step()
            g_loss = criterion(D(G(z)), ones)
            g_loss.backward()
            optimizer_G.step()
        """,
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_silent(source: str) -> None:
    assert codes(source) == []


@pytest.mark.parametrize("source", NEVER_CLEARED.values(), ids=NEVER_CLEARED)
def test_missing_zero_grad(source: str) -> None:
    assert codes(source) == ["TCK201"]
