"""Right: hooks, gradient clipping by hooks, logging of norms and of a running loss by .item()."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 3))
seen = []
handle = model[1].register_forward_hook(lambda m, args, out: seen.append(out.detach().mean().item()))
for p in model.parameters():
    p.register_hook(lambda g: g.clamp(-1, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(90, 6)
y = x[:, :3].argmax(1)
running = 0.0
for step in range(30):
    rows = torch.randint(0, 90, (30,))
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    loss.backward()
    norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
    running += loss.item()
    optimizer.step()
handle.remove()
print(running / 30, norm.item(), len(seen))
