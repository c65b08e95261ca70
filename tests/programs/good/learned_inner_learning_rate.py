"""Right: hypergradients: unrolled SGD steps as tensors, autograd.grad inside, and a learnt log learning rate."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(80, 4)
y = x @ torch.tensor([[1.0], [-1.0], [0.5], [0.0]])
log_lr = nn.Parameter(torch.tensor(-3.0))
meta = torch.optim.Adam([log_lr], lr=0.1)
for outer in range(20):
    w = torch.zeros(4, 1, requires_grad=True)
    for inner in range(5):
        loss = (x[:40] @ w - y[:40]).pow(2).mean()
        (g,) = torch.autograd.grad(loss, w, create_graph=True)
        w = w - log_lr.exp() * g
    val = (x[40:] @ w - y[40:]).pow(2).mean()
    meta.zero_grad()
    val.backward()
    meta.step()
print(val.item(), log_lr.exp().item())
