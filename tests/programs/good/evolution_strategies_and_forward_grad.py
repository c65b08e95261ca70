"""Right: no backward at all: evolution strategies write gradients into p.grad and let the optimizer step."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(100, 4)
y = x.sum(1, keepdim=True)
sigma, population = 0.1, 20
for generation in range(15):
    with torch.no_grad():
        base = [p.clone() for p in model.parameters()]
        estimate = [torch.zeros_like(p) for p in base]
        for _ in range(population):
            noise = [torch.randn_like(p) for p in base]
            for sign in (1, -1):
                for p, b, n in zip(model.parameters(), base, noise):
                    p.copy_(b + sign * sigma * n)
                score = nn.functional.mse_loss(model(x), y)
                for e, n in zip(estimate, noise):
                    e.add_(sign * score * n / (2 * sigma * population))
        for p, b, e in zip(model.parameters(), base, estimate):
            p.copy_(b)
            p.grad = e
    optimizer.step()
    optimizer.zero_grad()
print(score.item())
