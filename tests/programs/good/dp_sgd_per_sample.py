"""Right: private SGD: one backward per sample, clipped and summed aside, cleared each time; then one step."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(5, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
x = torch.randn(60, 5)
y = (x[:, 0] > 0).long()
for step in range(10):
    rows = torch.randint(0, 60, (8,))
    summed = [torch.zeros_like(p) for p in model.parameters()]
    for i in rows:
        loss = nn.functional.cross_entropy(model(x[i : i + 1]), y[i : i + 1])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for s, p in zip(summed, model.parameters()):
            s.add_(p.grad)
        model.zero_grad()
    for s, p in zip(summed, model.parameters()):
        p.grad = (s + 0.1 * torch.randn_like(s)) / len(rows)
    optimizer.step()
    optimizer.zero_grad()
print(loss.item())
