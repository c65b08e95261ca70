"""Right: gradient surgery: gradients are copied, cleared, projected and written back before the step."""
import torch
from torch import nn

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
heads = nn.ModuleList([nn.Linear(24, 2), nn.Linear(24, 2)])
params = [*trunk.parameters(), *heads.parameters()]
optimizer = torch.optim.Adam(params, lr=3e-3)
x = torch.randn(120, 6)
targets = [(x[:, 0] > 0).long(), (x[:, 1] > 0).long()]


def flat(params):
    return torch.cat([torch.zeros_like(p).flatten() if p.grad is None else p.grad.flatten() for p in params])


for step in range(30):
    rows = torch.randint(0, 120, (40,))
    grads = []
    for head, target in zip(heads, targets):
        optimizer.zero_grad()
        nn.functional.cross_entropy(head(trunk(x[rows])), target[rows]).backward()
        grads.append(flat(params).clone())
    optimizer.zero_grad()
    g1, g2 = grads
    dot = torch.dot(g1, g2)
    merged = g1 + g2 if dot > 0 else g1 - dot / g2.norm() ** 2 * g2 + g2 - dot / g1.norm() ** 2 * g1
    offset = 0
    for p in params:
        p.grad = merged[offset : offset + p.numel()].view_as(p).clone()
        offset += p.numel()
    optimizer.step()
