"""Right: distances of all pairs of two samples of one feature: a column minus a row, and a kernel of the difference."""
import torch
from torch import nn


def energy(a, b):
    difference = a - b.T
    return difference.abs().mean()


def kernel(a, b):
    return torch.exp(-((a - b.t()) ** 2)).mean()


torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(encoder.parameters(), lr=5e-3)
for step in range(20):
    z, prior = encoder(torch.randn(32, 4)), torch.randn(32, 1)
    distance = 2 * energy(z, prior) - energy(z, z) - energy(prior, prior)
    mmd = kernel(z, z) + kernel(prior, prior) - 2 * kernel(z, prior)
    loss = distance + mmd
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
