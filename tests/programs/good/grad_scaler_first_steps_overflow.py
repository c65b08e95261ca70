"""Right: the scaler starts too high, the first scaled gradients are inf, and those steps are skipped: that is its job."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**24)
x = torch.randn(256, 16)
y = x[:, :4].argmax(1)
for step in range(40):
    rows = torch.randint(0, 256, (64,))
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.float16):
        logits = model(x[rows])
    loss = nn.functional.cross_entropy(logits.float(), y[rows])
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
print(loss.item(), scaler.get_scale())
