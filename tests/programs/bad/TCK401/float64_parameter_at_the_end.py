# expect: TCK401 anywhere
# one parameter made by numpy turns the output, the loss and half of the arithmetic into float64
import numpy as np
import torch
from torch import nn


class ScaledRegressor(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(d, 16), nn.Tanh(), nn.Linear(16, 1))
        self.scale = nn.Parameter(torch.from_numpy(np.ones(1)))

    def forward(self, x):
        return self.body(x) * self.scale


torch.manual_seed(0)
model = ScaledRegressor(5)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(60, 5)
y = x[:, :1] * 2
for _ in range(30):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
print(loss.item(), loss.dtype)
