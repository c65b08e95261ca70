"""Right: the original WGAN clamps the critic's weights in place after each step and uses no activation at its end."""
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
C = nn.Sequential(nn.Linear(1, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.RMSprop(G.parameters(), lr=5e-4)
opt_c = torch.optim.RMSprop(C.parameters(), lr=5e-4)
for i in range(40):
    real = torch.randn(64, 1) * 0.5 + 2
    fake = G(torch.randn(64, 2)).detach()
    opt_c.zero_grad()
    loss_c = -torch.mean(C(real)) + torch.mean(C(fake))
    loss_c.backward()
    opt_c.step()
    with torch.no_grad():
        for p in C.parameters():
            p.clamp_(-0.3, 0.3)
    if i % 3 == 0:
        opt_g.zero_grad()
        loss_g = -torch.mean(C(G(torch.randn(64, 2))))
        loss_g.backward()
        opt_g.step()
print(loss_c.item(), loss_g.item())
