# the step slid into a branch for a flag that is off
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--debug", action="store_true")
parser.add_argument("--steps", type=int, default=12)
opts = parser.parse_args()
torch.manual_seed(0)
net = nn.Linear(8, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(opts.steps):
    x = torch.randn(16, 8)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()  # expect: TCK203
    if opts.debug:
        print(step, net.weight.grad.norm())
        optimizer.step()
print(loss.item())
