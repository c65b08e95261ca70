"""Right: generator and discriminator take turns by the parity of the step, each clears its own at its own turn."""
import torch
from torch import nn

torch.manual_seed(0)
g = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
d = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
optims = {"g": torch.optim.Adam(g.parameters(), lr=1e-3), "d": torch.optim.Adam(d.parameters(), lr=1e-3)}


def hinge_d(real, fake):
    return torch.relu(1 - real).mean() + torch.relu(1 + fake).mean()


for step in range(50):
    turn = "d" if step % 3 else "g"
    fake = g(torch.randn(32, 4))
    if turn == "d":
        real = torch.randn(32, 2) * 0.3 + 1
        loss = hinge_d(d(real), d(fake.detach()))
    else:
        loss = -d(fake).mean()
    optims[turn].zero_grad()
    loss.backward()
    optims[turn].step()
print(loss.item())
