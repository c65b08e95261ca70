import torch
from torch import nn


class OptimizerHook:
    def __init__(self, grad_clip=None):
        self.grad_clip = grad_clip

    def after_train_iter(self, runner):
        runner.optimizer.zero_grad()
        runner.outputs["loss"].backward()
        if self.grad_clip is not None:
            nn.utils.clip_grad_norm_(runner.model.parameters(), **self.grad_clip)
        runner.optimizer.step()


class Runner:
    def __init__(self, model, loss, optimizer):
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.hooks, self.outputs = [], {}

    def register(self, hook):
        self.hooks.append(hook)

    def call(self, name):
        for hook in self.hooks:
            getattr(hook, name)(self)

    def run(self, x, y, iters):
        self.model.train()
        for i in range(iters):
            rows = torch.randint(0, len(x), (40,))
            self.outputs = {"loss": self.loss(self.model(x[rows]), y[rows])}
            self.call("after_train_iter")
        print(self.outputs["loss"].item())
