# a thin wrapper in the manner of accelerate; the loop forgets zero_grad
import torch
from torch import nn


class Accelerator:
    def prepare(self, *things):
        return things

    def backward(self, loss, **kwargs):
        loss.backward(**kwargs)  # expect: TCK201


torch.manual_seed(0)
accelerator = Accelerator()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=2e-3)
model, optimizer = accelerator.prepare(model, optimizer)
x = torch.randn(128, 8)
y = (x[:, 0] > 0).long()
step = 0
while True:
    for rows in torch.randperm(128).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        accelerator.backward(loss)
        optimizer.step()
        step += 1
    if step >= 16:
        break
print(loss.item())
