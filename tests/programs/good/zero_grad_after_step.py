"""Right: clearing directly after the step is the same as clearing before the next backward."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(200, 8)
y = x[:, :4].argmax(1)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(3):
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
        loss = nn.functional.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()
    print(loss.item())
