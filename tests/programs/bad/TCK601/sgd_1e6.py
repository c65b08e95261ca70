# expect: TCK601 anywhere
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-6)
args = parser.parse_args()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=args.lr)
x = torch.randn(256, 10)
y = x[:, :2].sum(1, keepdim=True)
for step in range(200):
    rows = torch.randint(0, 256, (32,))
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x[rows]), y[rows])
    loss.backward()
    opt.step()
print(loss.item())
