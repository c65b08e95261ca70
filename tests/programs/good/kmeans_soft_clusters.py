"""Right: deep clustering: Student-t similarities against a target distribution, (N, 1, D) against (K, D)."""
import torch
import torch.nn.functional as F
from torch import nn


class DEC(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
        self.centers = nn.Parameter(torch.randn(3, 4))

    def forward(self, x):
        q = 1.0 / (1.0 + ((self.enc(x).unsqueeze(1) - self.centers) ** 2).sum(2))
        return q / q.sum(1, keepdim=True)


torch.manual_seed(0)
x = torch.cat([torch.randn(60, 8) + c for c in (-2, 0, 2)])
model = DEC()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(30):
    q = model(x)
    with torch.no_grad():
        p = q**2 / q.sum(0)
        p = p / p.sum(1, keepdim=True)
    loss = F.kl_div(q.log(), p, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
