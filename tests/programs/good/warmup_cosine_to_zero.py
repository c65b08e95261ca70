"""Right: linear warm-up from zero and a cosine down to (almost) zero: tiny updates at both ends are the schedule."""
import math

import torch
from torch import nn

torch.manual_seed(0)
max_lr, warmup, total = 5e-3, 10, 120
model = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 4))
optimizer = torch.optim.AdamW(model.parameters(), lr=max_lr, weight_decay=0.01)
x = torch.randn(256, 8)
y = x[:, :4].argmax(1)


def get_lr(it):
    if it < warmup:
        return max_lr * it / warmup
    return 0.5 * max_lr * (1 + math.cos(math.pi * (it - warmup) / (total - warmup)))


for it in range(total):
    for group in optimizer.param_groups:
        group["lr"] = get_lr(it)
    rows = torch.randint(0, 256, (64,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(loss.item())
