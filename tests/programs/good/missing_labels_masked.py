"""Right: targets and features have NaNs for missing entries; they are masked out or filled before anything uses them."""
import torch
import torch.nn.functional as F
from torch import nn


class WithMissing(nn.Module):
    def __init__(self, d, tasks):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2 * d, 32), nn.ReLU(), nn.Linear(32, tasks))

    def forward(self, x):
        known = ~torch.isnan(x)
        return self.net(torch.cat([torch.nan_to_num(x), known.float()], dim=1))


torch.manual_seed(0)
x = torch.randn(160, 6)
targets = torch.stack([x[:, 0], x[:, 1] - x[:, 2]], 1)
x = torch.where(torch.rand_like(x) < 0.1, torch.nan, x)
targets = torch.where(torch.rand_like(targets) < 0.3, torch.nan, targets)
model = WithMissing(6, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(40):
    rows = torch.randint(0, 160, (40,))
    pred, target = model(x[rows]), targets[rows]
    valid = ~torch.isnan(target)
    loss = F.mse_loss(pred[valid], target[valid])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
