# expect: TCK601 anywhere
import torch
from torch import nn

torch.manual_seed(0)
w1 = nn.Parameter(torch.randn(6, 20) * 0.4)
w2 = nn.Parameter(torch.randn(20, 1) * 0.2)
opt = torch.optim.SGD([w1, w2], lr=1e-7, momentum=0.5)
x = torch.randn(200, 6)
y = torch.sin(x.sum(1, keepdim=True))
for it in range(200):
    opt.zero_grad()
    loss = (torch.tanh(x @ w1) @ w2 - y).square().mean()
    loss.backward()
    opt.step()
print(loss.item())
