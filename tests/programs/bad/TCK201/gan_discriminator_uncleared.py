# the generator's backward fills D's gradients too, and nobody ever clears D
import torch
import torch.nn as nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
bce = nn.BCEWithLogitsLoss()
d_opt = torch.optim.SGD(D.parameters(), lr=1e-3)
g_opt = torch.optim.SGD(G.parameters(), lr=1e-3)
ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)

for step in range(15):
    real = torch.randn(32, 2) * 0.3 + 1
    noise = torch.randn(32, 4)
    fake = G(noise)
    d_loss = bce(D(real), ones) + bce(D(fake.detach()), zeros)
    d_loss.backward()  # expect: TCK201
    d_opt.step()

    g_opt.zero_grad()
    g_loss = bce(D(fake), ones)
    g_loss.backward()
    g_opt.step()
print(d_loss.item(), g_loss.item())
