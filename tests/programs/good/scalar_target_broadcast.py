"""Right: a scalar target broadcasts on purpose, and a weight per class or per feature does too."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 6)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
weight = torch.tensor([1.0, 2.0, 0.5])
for step in range(30):
    rows = torch.randint(0, 100, (25,))
    out = net(x[rows])
    weighted = (weight * (out - x[rows, :3]) ** 2).mean()
    centred = (out.mean() - 0.0) ** 2
    spread = F.relu(0.5 - out.std(dim=0)).mean()
    loss = weighted + 0.1 * centred + 0.1 * spread
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
