"""A generator and a discriminator with an optimizer each."""

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 2))
discriminator = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()
for step in range(150):
    angle = torch.rand(64) * 6.2832
    real = torch.stack([angle.cos(), angle.sin()], 1)
    fake = generator(torch.randn(64, 4))
    d_optimizer.zero_grad()
    d_loss = criterion(discriminator(real), torch.ones(64, 1))
    d_loss = d_loss + criterion(discriminator(fake.detach()), torch.zeros(64, 1))
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    g_loss = criterion(discriminator(fake), torch.ones(64, 1))
    g_loss.backward()
    g_optimizer.step()
    if step % 50 == 0:
        print(step, d_loss.item(), g_loss.item())
