"""Right: a user's own optimizer class that is no torch.optim.Optimizer, with its own step and zero_grad."""
import torch
from torch import nn


class MySGD:
    def __init__(self, params, lr, momentum=0.0):
        self.params = list(params)
        self.lr, self.momentum = lr, momentum
        self.buffers = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.buffers):
            if p.grad is None:
                continue
            v.mul_(self.momentum).add_(p.grad)
            p.sub_(self.lr * v)

    def zero_grad(self):
        for p in self.params:
            p.grad = None


torch.manual_seed(0)
x = torch.randn(160, 7)
y = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(7, 28), nn.ReLU(), nn.Linear(28, 3))
optimizer = MySGD(net.parameters(), lr=0.05, momentum=0.9)
for _ in range(4):
    for rows in torch.randperm(160).split(32):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
print(loss.item())
