import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(90, 3)
counts = torch.poisson(torch.exp(0.5 * x[:, 0]))
model = nn.Sequential(nn.Linear(3, 12), nn.SiLU(), nn.Linear(12, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(30):
    opt.zero_grad()
    log_rate = model(x)
    F.poisson_nll_loss(log_rate, counts).backward()  # expect: TCK108
    opt.step()
print(model(x).exp().mean().item())
