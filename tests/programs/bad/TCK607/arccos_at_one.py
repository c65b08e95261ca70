# expect: TCK607 anywhere
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
rotate = nn.Linear(3, 3, bias=False)
nn.init.eye_(rotate.weight)
opt = torch.optim.SGD(rotate.parameters(), lr=0.1)
v = F.normalize(torch.randn(20, 3), dim=1)
for step in range(4):
    u = F.normalize(rotate(v), dim=1)
    angle = torch.acos((u * v).sum(1).clamp(-1, 1))
    loss = angle.mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())
