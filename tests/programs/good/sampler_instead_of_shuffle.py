"""Right: a sampler draws the order, so the loader does not shuffle; class weights are one per sample."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(0)
x = torch.randn(240, 5)
y = (x[:, 0] > 1).long()
per_class = 1.0 / torch.bincount(y).float()
sampler = WeightedRandomSampler(per_class[y], num_samples=240)
distributed = False
loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=(sampler is None), sampler=sampler)
model = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(4):
    for xb, yb in loader:
        loss = nn.functional.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(loss.item())
