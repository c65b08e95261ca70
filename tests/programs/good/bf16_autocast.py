"""Right: bfloat16 autocast: half-precision activations beside float32 weights are the plan; no scaler is needed."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
x = torch.randn(120, 1, 8, 8)
y = x.flatten(1)[:, :3].argmax(1)
for epoch in range(3):
    for rows in torch.randperm(120).split(30):
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(x[rows])
            loss = F.cross_entropy(logits.float(), y[rows])
        loss.backward()
        optimizer.step()
print(loss.item())
