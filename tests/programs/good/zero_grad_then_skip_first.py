"""Right: gradients are cleared at the end of each iteration, by the model, in a finally block, or at the epoch's start too."""
import torch
from torch import nn


class Loop:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer

    def _backward(self, loss):
        loss.backward()

    def _after(self):
        self.optimizer.step()
        self._clear()

    def _clear(self):
        for group in self.optimizer.param_groups:
            for p in group["params"]:
                p.grad = None

    def one(self, x, y):
        try:
            loss = nn.functional.mse_loss(self.model(x), y)
            self._backward(loss)
            self.optimizer.step()
        finally:
            self.model.zero_grad()
        return loss.item()

    def two(self, x, y):
        loss = nn.functional.mse_loss(self.model(x), y)
        self._backward(loss)
        self._after()
        return loss.item()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
loop = Loop(model, torch.optim.Adam(model.parameters(), lr=5e-3))
for epoch in range(20):
    x = torch.randn(64, 4)
    y = x[:, :1] * x[:, 1:2]
    a, b = loop.one(x, y), loop.two(x, y)
print(a, b)
