"""Right: StyleGAN2 style: softplus losses on raw scores, lazy R1 penalty with a double backward and its own step."""
import torch
import torch.nn.functional as F
from torch import autograd, nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
g_optim = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.99))
d_optim = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.99))


def requires_grad(model, flag=True):
    for p in model.parameters():
        p.requires_grad = flag


for i in range(24):
    real = torch.randn(32, 2) * 0.3 + 0.8
    requires_grad(G, False)
    requires_grad(D, True)
    fake = G(torch.randn(32, 4))
    d_loss = F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
    D.zero_grad()
    d_loss.backward()
    d_optim.step()

    if i % 8 == 0:
        real.requires_grad = True
        score = D(real)
        (grad_real,) = autograd.grad(outputs=score.sum(), inputs=real, create_graph=True)
        r1_loss = grad_real.pow(2).reshape(32, -1).sum(1).mean()
        D.zero_grad()
        (10 / 2 * r1_loss * 8 + 0 * score[0, 0]).backward()
        d_optim.step()

    requires_grad(G, True)
    requires_grad(D, False)
    g_loss = F.softplus(-D(G(torch.randn(32, 4)))).mean()
    G.zero_grad()
    g_loss.backward()
    g_optim.step()
print(d_loss.item(), g_loss.item())
