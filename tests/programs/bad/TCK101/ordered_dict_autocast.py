from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
model = nn.Sequential(
    OrderedDict(
        [
            ("conv", nn.Conv2d(1, 8, 3)),
            ("relu", nn.ReLU()),
            ("flat", nn.Flatten()),
            ("fc", nn.LazyLinear(4)),
            ("prob", nn.Softmax(dim=1)),
        ]
    )
)
x = torch.randn(80, 1, 8, 8)
y = x.flatten(1)[:, :4].argmax(1)
model(x[:2])
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
for epoch in range(4):
    for rows in torch.randperm(80).split(20):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = model(x[rows]).float()
            each = F.cross_entropy(out, y[rows], reduction="none")  # expect: TCK101
        loss = each.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(loss.item())
