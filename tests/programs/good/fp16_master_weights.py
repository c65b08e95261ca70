"""Right: mixed precision by hand: a half model, float32 master weights, a static loss scale, gradients copied over."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3)).half()
master = [p.detach().clone().float().requires_grad_() for p in model.parameters()]
optimizer = torch.optim.SGD(master, lr=0.1, momentum=0.9)
scale = 128.0
x = torch.randn(160, 8)
y = x[:, :3].argmax(1)
for step in range(30):
    rows = torch.randint(0, 160, (40,))
    loss = nn.functional.cross_entropy(model(x[rows].half()).float(), y[rows])
    model.zero_grad()
    (loss * scale).backward()
    for m, p in zip(master, model.parameters()):
        m.grad = p.grad.float() / scale
    optimizer.step()
    with torch.no_grad():
        for m, p in zip(master, model.parameters()):
            p.copy_(m)
print(loss.item())
