"""Right: the optimizers of torch, each at a usual rate, with maximize, foreach and fused where they exist."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(120, 6)
y = x[:, :3].argmax(1)
makers = [
    lambda p: torch.optim.Adagrad(p, lr=0.02),
    lambda p: torch.optim.RMSprop(p, lr=2e-3, momentum=0.5),
    lambda p: torch.optim.Adamax(p, lr=5e-3),
    lambda p: torch.optim.NAdam(p, lr=3e-3),
    lambda p: torch.optim.RAdam(p, lr=5e-3),
    lambda p: torch.optim.Rprop(p, lr=1e-3),
    lambda p: torch.optim.ASGD(p, lr=0.1),
    lambda p: torch.optim.AdamW(p, lr=3e-3, fused=True),
    lambda p: torch.optim.SGD(p, lr=0.1, foreach=False, maximize=True),
]
for make in makers:
    model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = make(model.parameters())
    sign = -1 if optimizer.defaults["maximize"] else 1
    for step in range(20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        (sign * loss).backward()
        optimizer.step()
    print(type(optimizer).__name__, loss.item())
