"""Right: least-squares GAN: mean squared error against ones and zeros of the very same shape."""
import itertools

import torch
from torch import nn

torch.manual_seed(0)
G_AB = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 2))
G_BA = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 2))
D_B = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
criterion_GAN, criterion_cycle = nn.MSELoss(), nn.L1Loss()
optimizer_G = torch.optim.Adam(itertools.chain(G_AB.parameters(), G_BA.parameters()), lr=2e-3)
optimizer_D_B = torch.optim.Adam(D_B.parameters(), lr=2e-3)
for i in range(25):
    real_A = torch.randn(40, 2)
    real_B = torch.randn(40, 2) * 0.5 + 1
    valid = torch.ones(40, 1, requires_grad=False)
    fake = torch.zeros(40, 1, requires_grad=False)
    optimizer_G.zero_grad()
    fake_B = G_AB(real_A)
    loss_G = criterion_GAN(D_B(fake_B), valid) + 10 * criterion_cycle(G_BA(fake_B), real_A)
    loss_G.backward()
    optimizer_G.step()
    optimizer_D_B.zero_grad()
    loss_D_B = (criterion_GAN(D_B(real_B), valid) + criterion_GAN(D_B(fake_B.detach()), fake)) / 2
    loss_D_B.backward()
    optimizer_D_B.step()
print(loss_G.item(), loss_D_B.item())
