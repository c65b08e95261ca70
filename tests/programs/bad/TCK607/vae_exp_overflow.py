# expect: TCK607 anywhere; also: TCK602
import torch
import torch.nn as nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(10, 16)
        self.mu = nn.Linear(16, 2)
        self.logvar = nn.Linear(16, 2)
        self.dec = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 10))

    def forward(self, x):
        h = torch.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h) * 60
        z = mu + torch.randn_like(mu) * torch.exp(logvar)
        return self.dec(z), mu, logvar


torch.manual_seed(0)
model = VAE()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(200, 10) * 2
for i in range(6):
    recon, mu, logvar = model(x)
    mse = (recon - x).pow(2).sum(1).mean()
    kld = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
    loss = mse + kld
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
