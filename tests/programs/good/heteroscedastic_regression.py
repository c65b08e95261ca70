"""Right: two heads of (N, 1) for mean and variance with GaussianNLL; positivity by softplus, which is no logit."""
import torch
import torch.nn.functional as F
from torch import nn


class MeanVar(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 32), nn.Tanh())
        self.mean, self.raw = nn.Linear(32, 1), nn.Linear(32, 1)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), F.softplus(self.raw(h)) + 1e-4


torch.manual_seed(0)
x = torch.rand(300, 1) * 4 - 2
y = torch.sin(x) + 0.1 * x.abs() * torch.randn_like(x)
counts = torch.poisson(torch.exp(x))
model, rate = MeanVar(), nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softplus())
optimizer = torch.optim.Adam([*model.parameters(), *rate.parameters()], lr=5e-3)
for step in range(60):
    rows = torch.randint(0, 300, (64,))
    mean, var = model(x[rows])
    loss = F.gaussian_nll_loss(mean, y[rows], var)
    loss = loss + F.poisson_nll_loss(rate(x[rows]), counts[rows], log_input=False)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
