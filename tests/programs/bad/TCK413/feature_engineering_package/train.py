# expect: TCK413 anywhere
import torch
from features import LogRatio
from torch import nn

torch.manual_seed(0)
x = torch.rand(50, 4)
x[17, 2] = 0.0
y = x.sum(1, keepdim=True)
model = nn.Sequential(LogRatio(), nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for rows in torch.randperm(50).split(10):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())
