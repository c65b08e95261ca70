"""Mixed precision by the book: autocast, a scaler, unscaled before clipping."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 3)).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scaler = torch.amp.GradScaler(device, init_scale=1024.0)
centres = torch.randn(3, 20)
for step in range(100):
    y = torch.randint(0, 3, (48,))
    x = (centres[y] + torch.randn(48, 20)).to(device)
    y = y.to(device)
    optimizer.zero_grad()
    with torch.autocast(device, dtype=torch.bfloat16):
        output = model(x)
        loss = F.cross_entropy(output, y)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    if step % 25 == 0:
        print(step, loss.item())
