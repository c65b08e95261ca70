"""Right: DDPM: noise prediction with coefficients of shape (B, 1), EMA of the weights, sampling under no_grad."""
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn


class Denoiser(nn.Module):
    def __init__(self, dim=48):
        super().__init__()
        self.dim = dim
        self.inp, self.mid, self.out = nn.Linear(2, dim), nn.Linear(dim, dim), nn.Linear(dim, 2)

    def forward(self, x, t):
        freqs = torch.exp(-math.log(100.0) * torch.arange(self.dim // 2) / (self.dim // 2))
        emb = torch.cat([torch.sin(t[:, None] * freqs), torch.cos(t[:, None] * freqs)], dim=1)
        h = F.silu(self.inp(x) + emb)
        return self.out(F.silu(self.mid(h)))


torch.manual_seed(0)
T = 50
alphas_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.1, T), 0)
model = Denoiser()
ema = copy.deepcopy(model).requires_grad_(False)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(40):
    x0 = torch.randn(64, 2) * 0.3 + torch.tensor([1.0, 0.0])
    t = torch.randint(0, T, (64,))
    noise = torch.randn_like(x0)
    ab = alphas_bar[t].unsqueeze(1)
    loss = F.mse_loss(model(ab.sqrt() * x0 + (1 - ab).sqrt() * noise, t), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for e, p in zip(ema.parameters(), model.parameters()):
            e.lerp_(p, 0.05)
print(loss.item())
