# zero_grad once, outside of the loop
import torch
from torch import nn, optim

torch.manual_seed(0)
net = nn.Linear(6, 1)
opt = optim.SGD(net.parameters(), lr=1e-3)
x = torch.randn(128, 6)
y = x @ torch.randn(6, 1)

opt.zero_grad()
for i in range(40):
    pred = net(x)
    loss = ((pred - y) ** 2).mean()
    loss.backward()  # expect: TCK201
    opt.step()
    if not i % 10:
        print(i, float(loss))
