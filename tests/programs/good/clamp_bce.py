"""Right: what BCELoss gets lies in [0, 1] by clamping, by (tanh + 1) / 2, by a softmax, or by a cosine rescaled."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 4)
y = (x[:, 0] > 0).float()
clamped, tanh, soft = nn.Linear(4, 1), nn.Linear(4, 1), nn.Linear(4, 2)
nn.init.constant_(clamped.bias, 0.5)
params = [*clamped.parameters(), *tanh.parameters(), *soft.parameters()]
opt = torch.optim.SGD(params, lr=0.02)
for step in range(30):
    p1 = clamped(x).squeeze(1).clamp(1e-3, 1 - 1e-3)
    p2 = (torch.tanh(tanh(x)).squeeze(1) + 1) / 2
    p3 = F.softmax(soft(x), dim=1)[:, 1]
    loss = F.binary_cross_entropy(p1, y) + F.binary_cross_entropy(p2, y) + F.binary_cross_entropy(p3, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
