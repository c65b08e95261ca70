# expect: TCK607 anywhere
# the distance of a point to itself: sqrt(0) has an infinite derivative
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(40, 6)
anchor = torch.randint(0, 40, (40,))
anchor[3] = 3
net = nn.Linear(6, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(5):
    z = net(x)
    dist = (z - z[anchor]).pow(2).sum(1).sqrt()
    loss = dist.mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(step, loss.item())
