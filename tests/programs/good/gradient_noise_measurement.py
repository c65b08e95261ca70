"""Right: before training, gradients of many batches are measured without a step; a dry run, cleared afterwards."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
x = torch.randn(200, 8)
y = (x[:, 0] > 0).long()


def gradient(rows):
    model.zero_grad()
    nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()]).clone()


samples = torch.stack([gradient(rows) for rows in torch.randperm(200).split(20)])
print("signal to noise", (samples.mean(0).norm() / samples.std(0).norm()).item())
model.zero_grad()
for step in range(30):
    rows = torch.randint(0, 200, (40,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
print(loss.item())
