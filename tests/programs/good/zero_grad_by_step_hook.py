"""Right: a hook of the optimizer clears after each step; several optimizers are stepped by comprehensions."""
import torch
from torch import nn

torch.manual_seed(0)
parts = nn.ModuleDict({"body": nn.Linear(6, 20), "head": nn.Linear(20, 3)})
optimizers = [torch.optim.Adam(parts["body"].parameters(), lr=2e-3), torch.optim.SGD(parts["head"].parameters(), lr=0.1)]
for optimizer in optimizers:
    optimizer.register_step_post_hook(lambda opt, args, kwargs: opt.zero_grad())
x = torch.randn(120, 6)
y = x[:, :3].argmax(1)
for epoch in range(5):
    for rows in torch.randperm(120).split(30):
        loss = nn.functional.cross_entropy(parts["head"](parts["body"](x[rows]).relu()), y[rows])
        loss.backward()
        [opt.step() for opt in optimizers]
print(loss.item())
