"""Right: penalties written as squares of differences that broadcast on purpose: orthogonality, smoothness, centring."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
running = torch.zeros(3)
x = torch.randn(200, 6)
y = x[:, :3].argmax(1)
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(40):
    rows = torch.randint(0, 200, (50,))
    out = net(x[rows])
    w = net[2].weight
    orthogonal = ((w @ w.t() - torch.eye(3)) ** 2).mean()
    centre = ((out - running) ** 2).mean()
    spread = ((out - out.mean(dim=0, keepdim=True)) ** 2).mean()
    row_mean = ((out - out.mean(dim=1, keepdim=True)) ** 2).mean()
    l1 = sum(p.abs().sum() for p in net.parameters())
    loss = nn.functional.cross_entropy(out, y[rows]) + 1e-3 * (orthogonal + centre + spread + row_mean) + 1e-5 * l1
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    running.lerp_(out.detach().mean(0), 0.1)
print(loss.item())
