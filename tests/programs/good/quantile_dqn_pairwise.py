"""Right: quantile regression compares every target quantile with every predicted one: broadcasting is the point."""
import torch
from torch import nn

torch.manual_seed(0)
N = 5
tau = (torch.arange(N) + 0.5) / N
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, N))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(30):
    s = torch.randn(64, 4)
    theta = net(s)
    samples = s[:, :1] + 0.5 * torch.randn(64, N)
    u = samples.unsqueeze(2) - theta.unsqueeze(1)
    huber = torch.where(u.abs() <= 1, 0.5 * u.pow(2), u.abs() - 0.5)
    loss = ((tau - (u.detach() < 0).float()).abs() * huber).sum(-1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
