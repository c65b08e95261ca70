"""Right: AdaHessian: gradients and Hessian-vector products by autograd.grad, assigned, stepped and set to None."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(100, 5)
y = x[:, :1].sin()
for step in range(20):
    loss = nn.functional.mse_loss(model(x), y)
    params = list(model.parameters())
    grads = torch.autograd.grad(loss, params, create_graph=True)
    signs = [torch.randint_like(p, 0, 2) * 2 - 1 for p in params]
    hvs = torch.autograd.grad(grads, params, grad_outputs=signs, retain_graph=False)
    with torch.no_grad():
        for p, g, hv, s in zip(params, grads, hvs, signs):
            p.grad = g.detach() / (hv * s).abs().clamp_min(0.5)
    optimizer.step()
    for p in params:
        p.grad = None
print(loss.item())
