"""Right: gradients come from autograd.grad or torch.func.grad and are assigned or used at once; nothing piles up."""
import torch
from torch import nn
from torch.func import functional_call, grad_and_value, vmap

torch.manual_seed(0)
x = torch.randn(160, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for step in range(25):
    rows = torch.randint(0, 160, (40,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    grads = torch.autograd.grad(loss, list(model.parameters()))
    for p, g in zip(model.parameters(), grads):
        p.grad = g
    optimizer.step()


def loss_fn(params, xb, yb):
    return nn.functional.cross_entropy(functional_call(model, params, (xb,)), yb)


params = {name: p.detach().clone() for name, p in model.named_parameters()}
for step in range(25):
    rows = torch.randint(0, 160, (40,))
    grads, loss = grad_and_value(loss_fn)(params, x[rows], y[rows])
    params = {name: p - 0.1 * grads[name] for name, p in params.items()}
per_sample = vmap(lambda a, b: loss_fn(params, a[None], b[None]))(x[:5], y[:5])
print(loss.item(), per_sample.mean().item())
