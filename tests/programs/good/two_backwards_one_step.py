"""Right: two losses are backpropagated one after the other into the same gradients, then one step."""
import torch
from torch import nn

torch.manual_seed(0)
shared = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
a, b = nn.Linear(24, 1), nn.Linear(24, 3)
opt = torch.optim.Adam([*shared.parameters(), *a.parameters(), *b.parameters()], lr=3e-3)
x = torch.randn(120, 6)
ya, yb = x.sum(1, keepdim=True) / 3, x[:, :3].argmax(1)
for step in range(40):
    rows = torch.randint(0, 120, (30,))
    opt.zero_grad()
    h = shared(x[rows])
    loss_a = nn.functional.mse_loss(a(h), ya[rows])
    loss_a.backward(retain_graph=True)
    loss_b = nn.functional.cross_entropy(b(h), yb[rows])
    loss_b.backward()
    opt.step()
print(loss_a.item(), loss_b.item())
