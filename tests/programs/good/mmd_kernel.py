"""Right: maximum mean discrepancy: kernel matrices by x[:, None] - y[None, :]; broadcasting is the kernel."""
import torch
from torch import nn


def kernel(a, b):
    return torch.exp(-((a[:, None, :] - b[None, :, :]) ** 2).sum(-1))


torch.manual_seed(0)
gen = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(gen.parameters(), lr=5e-3)
for step in range(40):
    real = torch.randn(64, 2) * 0.5 + 0.5
    fake = gen(torch.randn(64, 2))
    loss = kernel(fake, fake).mean() - 2 * kernel(fake, real).mean() + kernel(real, real).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
