# crashes
# expect: TCK402 anywhere
import torch
import torch.nn as nn

torch.manual_seed(0)
device = "meta"
G = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)).to(device)
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1), nn.Sigmoid()).to(device)
opt_d = torch.optim.Adam(D.parameters(), lr=2e-4)
bce = nn.BCELoss()
for i in range(2):
    real = torch.randn(16, 2, device=device)
    opt_d.zero_grad()
    loss_real = bce(D(real), torch.ones(16, 1, device=device))
    noise = torch.randn(16, 8)
    loss_fake = bce(D(G(noise).detach()), torch.zeros(16, 1, device=device))
    (loss_real + loss_fake).backward()
    opt_d.step()
