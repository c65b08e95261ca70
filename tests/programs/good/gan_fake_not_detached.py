"""Right, only slower: D's backward also reaches G, but G is cleared right before its own backward."""
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
bce = nn.BCEWithLogitsLoss()
d_optimizer = torch.optim.Adam(D.parameters(), lr=1e-3)
g_optimizer = torch.optim.Adam(G.parameters(), lr=1e-3)


def reset_grad():
    d_optimizer.zero_grad()
    g_optimizer.zero_grad()


for step in range(25):
    real = torch.randn(32, 2) + torch.tensor([2.0, 0.0])
    fake = G(torch.randn(32, 3))
    d_loss = bce(D(real), torch.ones(32, 1)) + bce(D(fake), torch.zeros(32, 1))
    reset_grad()
    d_loss.backward()
    d_optimizer.step()

    g_loss = bce(D(G(torch.randn(32, 3))), torch.ones(32, 1))
    reset_grad()
    g_loss.backward()
    g_optimizer.step()
print(d_loss.item(), g_loss.item())
