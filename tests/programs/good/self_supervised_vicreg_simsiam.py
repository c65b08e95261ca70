"""Right: Barlow Twins, VICReg and SimSiam: correlation matrices, hinges on deviations, stop-gradients on one side."""
import torch
import torch.nn.functional as F
from torch import nn


def off_diagonal(x):
    n = x.size(0)
    return x.flatten()[:-1].view(n - 1, n + 1)[:, 1:].flatten()


def barlow(a, b):
    c = ((a - a.mean(0)) / (a.std(0) + 1e-5)).T @ ((b - b.mean(0)) / (b.std(0) + 1e-5)) / len(a)
    return (c.diagonal() - 1).pow(2).sum() + 5e-3 * off_diagonal(c).pow(2).sum()


def vicreg(a, b):
    std = sum(F.relu(1 - torch.sqrt(z.var(dim=0) + 1e-4)).mean() for z in (a, b))
    cov = sum(off_diagonal(torch.cov(z.T)).pow(2).sum() / z.size(1) for z in (a, b))
    return 25 * F.mse_loss(a, b) + 25 * std + cov


def simsiam(p, z):
    return -F.cosine_similarity(p, z.detach(), dim=1).mean()


torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(12, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 8))
predictor = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 8))
optimizer = torch.optim.SGD([*encoder.parameters(), *predictor.parameters()], lr=0.02, momentum=0.9)
data = torch.randn(256, 12)
for step in range(30):
    rows = torch.randint(0, 256, (64,))
    za, zb = (encoder(data[rows] + 0.2 * torch.randn(64, 12)) for _ in range(2))
    loss = 0.1 * barlow(za, zb) + 0.02 * vicreg(za, zb) + simsiam(predictor(za), zb) / 2 + simsiam(predictor(zb), za) / 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
