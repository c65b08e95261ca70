"""Right: batches with a strange loss or gradient are skipped: cleared without a step, or stepped only in a branch."""
import math

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(240, 8)
y = x[:, :3].argmax(1)
skipped = 0
for epoch in range(3):
    for rows in torch.randperm(240).split(24):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        if not math.isfinite(loss.item()):
            optimizer.zero_grad()
            continue
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        if norm > 0.45:
            optimizer.zero_grad()
            skipped += 1
            continue
        optimizer.step()
        optimizer.zero_grad()

for rows in torch.randperm(240).split(24):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    if torch.isfinite(norm):
        optimizer.step()
print(loss.item(), skipped)
