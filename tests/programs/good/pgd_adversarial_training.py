"""Right: PGD takes gradients with respect to the input; the model's stray gradients are cleared before its own backward."""
import torch
import torch.nn.functional as F
from torch import nn


def pgd(model, x, y, eps=0.2, alpha=0.08, steps=3):
    adv = x.clone().detach() + eps * (2 * torch.rand_like(x) - 1)
    for _ in range(steps):
        adv.requires_grad_(True)
        loss = F.cross_entropy(model(adv), y)
        loss.backward()
        with torch.no_grad():
            adv = adv + alpha * adv.grad.sign()
            adv = x + (adv - x).clamp(-eps, eps)
        adv = adv.detach()
    return adv


torch.manual_seed(0)
x = torch.randn(160, 6)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(3):
    for rows in torch.randperm(160).split(40):
        adv = pgd(model, x[rows], y[rows])
        optimizer.zero_grad()
        loss = F.cross_entropy(model(adv), y[rows])
        loss.backward()
        optimizer.step()
print(loss.item())
