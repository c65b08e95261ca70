# crashes
# expect: TCK401 anywhere
# the normalisation constants are numpy arrays, hence float64, and so is what they normalise
import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("std", torch.from_numpy(std))
        self.lin1 = nn.Linear(3, 8)
        self.lin2 = nn.Linear(8, 1)

    def forward(self, x):
        x = (x - self.mean) / self.std
        x = torch.relu(self.lin1(x))
        return self.lin2(x)


torch.manual_seed(0)
raw = torch.randn(50, 3)
net = Net(raw.numpy().astype(float).mean(0), raw.numpy().astype(float).std(0))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(5):
    loss = (net(raw) - raw.sum(1, keepdim=True)).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
