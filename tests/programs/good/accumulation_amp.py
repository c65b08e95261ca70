"""Right: YOLO style accumulation by a counter under a GradScaler; scale, unscale, clip, step, update, clear."""
import torch
from torch import nn

torch.manual_seed(0)
images = torch.rand(96, 3, 8, 8)
labels = (images[:, 0].mean((1, 2)) > images[:, 1].mean((1, 2))).long()
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
scaler = torch.amp.GradScaler("cpu", init_scale=128.0)
accumulate, last_opt_step, ni = 3, -1, 0
optimizer.zero_grad()
for epoch in range(3):
    model.train()
    for rows in torch.randperm(96).split(8):
        ni += 1
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(model(images[rows]), labels[rows]) / accumulate
        scaler.scale(loss).backward()
        if ni - last_opt_step >= accumulate:
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=10.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
            last_opt_step = ni
print(loss.item())
