"""Right: an energy model: samples are moved by autograd.grad on the input, spectral norm, no softmax anywhere."""
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

torch.manual_seed(0)
energy = nn.Sequential(spectral_norm(nn.Linear(2, 32)), nn.SiLU(), spectral_norm(nn.Linear(32, 1)))
optimizer = torch.optim.Adam(energy.parameters(), lr=2e-3)
buffer = torch.randn(256, 2)
for step in range(30):
    rows = torch.randint(0, 256, (64,))
    sample = buffer[rows]
    for _ in range(5):
        sample.requires_grad_(True)
        (g,) = torch.autograd.grad(energy(sample).sum(), sample)
        sample = (sample - 0.1 * g + 0.05 * torch.randn_like(sample)).detach()
    buffer[rows] = sample
    real = torch.randn(64, 2) * 0.3 + torch.tensor([1.0, -1.0])
    pos, neg = energy(real), energy(sample)
    loss = pos.mean() - neg.mean() + 0.1 * (pos.pow(2) + neg.pow(2)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
