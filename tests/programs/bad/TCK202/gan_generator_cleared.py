import torch
import torch.nn as nn

torch.manual_seed(0)
gen = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 2))
disc = nn.Sequential(nn.Linear(2, 12), nn.LeakyReLU(0.2), nn.Linear(12, 1))
opt_g = torch.optim.Adam(gen.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(disc.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()
for i in range(12):
    real = torch.randn(40, 2) + 2
    fake = gen(torch.randn(40, 3))
    opt_d.zero_grad()
    d = loss_fn(disc(real), torch.ones(40, 1)) + loss_fn(disc(fake.detach()), torch.zeros(40, 1))
    d.backward()
    opt_d.step()

    g = loss_fn(disc(fake), torch.ones(40, 1))
    g.backward()
    opt_g.zero_grad()  # expect: TCK202
    opt_g.step()
print(d.item(), g.item())
