# also: TCK216
import torch
from torch import nn

torch.manual_seed(2)
net = nn.Sequential(nn.Linear(3, 10), nn.Tanh(), nn.Linear(10, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
X = torch.randn(50, 3)
t = (X[:, 0] * X[:, 1] > 0).long()
for _ in range(20):
    opt.zero_grad()
    J = nn.functional.cross_entropy(net(X), t)
    J.backward()  # expect: TCK203
    opt.step
print(J.item())
