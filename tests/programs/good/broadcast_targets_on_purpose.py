"""Right: one target for all outputs: a scalar, a (1,) label, a row per class, (N, 1) against K predictions."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 5)
y = x.sum(1, keepdim=True) / 2
ensemble = nn.Linear(5, 4)
critic = nn.Sequential(nn.Linear(5, 12), nn.LeakyReLU(0.2), nn.Linear(12, 1))
optimizer = torch.optim.Adam([*ensemble.parameters(), *critic.parameters()], lr=5e-3)
real_label, prior = torch.ones(1), torch.tensor([0.0, 0.1, 0.2, 0.3])
for step in range(30):
    rows = torch.randint(0, 100, (25,))
    members = ensemble(x[rows])
    loss = F.mse_loss(members, y[rows].expand_as(members))
    loss = loss + 0.1 * ((members - y[rows]) ** 2).mean()
    loss = loss + 0.1 * F.mse_loss(critic(x[rows]), real_label.expand(25, 1))
    loss = loss + 0.01 * (members.mean(0) - prior).pow(2).sum() + 0.01 * (critic(x[rows]) - 1.0).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
