"""Right: MAML: the inner loop uses autograd.grad with fast weights; one backward and one step per meta-batch."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call


def adapt(model, params, x, y, lr=0.05, steps=2):
    for _ in range(steps):
        loss = F.mse_loss(functional_call(model, params, (x,)), y)
        grads = torch.autograd.grad(loss, list(params.values()), create_graph=True)
        params = {name: p - lr * g for (name, p), g in zip(params.items(), grads)}
    return params


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1))
meta_optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for iteration in range(15):
    meta_optimizer.zero_grad()
    meta_loss = 0.0
    for task in range(4):
        amplitude, phase = torch.rand(2) * torch.tensor([2.0, 3.0]) + 0.5
        x = torch.rand(20, 1) * 4 - 2
        y = amplitude * torch.sin(x + phase)
        fast = adapt(model, dict(model.named_parameters()), x[:10], y[:10])
        meta_loss = meta_loss + F.mse_loss(functional_call(model, fast, (x[10:],)), y[10:])
    meta_loss = meta_loss / 4
    meta_loss.backward()
    meta_optimizer.step()
print(meta_loss.item())
