# decorators, generators, comprehension, walrus: the step hides among modern Python
import functools

import torch
from torch import nn


def batches(x, y, size):
    order = torch.randperm(len(x))
    yield from ((x[i], y[i]) for i in order.split(size))


def logged(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        result = fn(*args, **kwargs)
        wrapper.history.append(float(result))
        return result

    wrapper.history = []
    return wrapper


class Mixer(nn.Module):
    def __init__(self, dim, out):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(dim, dim) for _ in range(2))
        self.out = nn.Linear(dim, out)

    @property
    def device(self):
        return next(self.parameters()).device

    def features(self, x):
        for block in self.blocks:
            x = x + torch.tanh(block(x))
        return x

    def forward(self, x):
        return (h := self.out(self.features(x.to(self.device)))).sub(h.amax(1, keepdim=True)).softmax(1)


@logged
def loss_of(model, batch, criterion):
    x, y = batch
    return criterion(model(x), y)  # expect: TCK101


torch.manual_seed(0)
model, criterion = Mixer(6, 3), nn.CrossEntropyLoss()
optimizer = torch.optim.NAdam(model.parameters(), lr=2e-3)
x = torch.randn(90, 6)
for _ in range(4):
    for batch in batches(x, x[:, :3].argmax(1), 30):
        optimizer.zero_grad()
        (loss := loss_of(model, batch, criterion)).backward()
        optimizer.step()
print(loss_of.history[-1])
