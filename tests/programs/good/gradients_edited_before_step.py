"""Right: gradients are filtered, centred, signed and decayed by hand between backward and step."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), nn.Tanh(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
slow = {}
x = torch.randn(200, 8)
y = x[:, :3].argmax(1)
for step in range(50):
    rows = torch.randint(0, 200, (40,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
    for name, p in model.named_parameters():
        slow[name] = p.grad.clone() if name not in slow else slow[name].lerp(p.grad, 0.1)
        p.grad = p.grad + 0.5 * slow[name]
        if p.grad.dim() > 1:
            p.grad.sub_(p.grad.mean(dim=1, keepdim=True))
        p.grad.add_(p.detach(), alpha=1e-4)
        p.grad.data.clamp_(-1, 1)
    optimizer.step()
