# the 2017 way: p.data and p.grad.data, and zero_grad only in the evaluation function
import torch
from torch import nn


def evaluate(model, x, y):
    model.zero_grad()
    with torch.no_grad():
        return nn.functional.mse_loss(model(x), y).item()


torch.manual_seed(0)
model = nn.Linear(5, 1)
x = torch.randn(200, 5)
y = x.sum(1, keepdim=True)
lr = 2e-3
for epoch in range(3):
    for rows in torch.randperm(200).split(20):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()  # expect: TCK201
        for p in model.parameters():
            p.data.sub_(p.grad.data * lr)
    print(evaluate(model, x, y))
