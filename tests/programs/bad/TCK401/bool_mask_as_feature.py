# crashes
# expect: TCK401 anywhere
import torch
from torch import nn

torch.manual_seed(0)
mask = torch.rand(40, 9) > 0.5
net = nn.Sequential(nn.Linear(9, 6), nn.ReLU(), nn.Linear(6, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    loss = net(mask).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
