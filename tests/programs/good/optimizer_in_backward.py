"""Right: each parameter is stepped and cleared by a hook as soon as its gradient is complete; no step in the loop."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
optimizers = {p: torch.optim.Adam([p], foreach=False, lr=3e-3) for p in model.parameters()}


def optimizer_hook(parameter):
    optimizers[parameter].step()
    optimizers[parameter].zero_grad()


for p in model.parameters():
    p.register_post_accumulate_grad_hook(optimizer_hook)

x = torch.randn(160, 8)
y = x[:, :3].argmax(1)
for epoch in range(4):
    for rows in torch.randperm(160).split(40):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
print(loss.item())
