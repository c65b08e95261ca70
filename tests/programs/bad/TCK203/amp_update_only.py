# scaler.update() is there, scaler.step(optimizer) is not
import torch
from torch import nn

torch.manual_seed(0)
device = "cpu"
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler(device, enabled=False)
x = torch.randn(64, 8, device=device)
y = x[:, :4].argmax(1)
for step in range(15):
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device, dtype=torch.bfloat16):
        loss = nn.functional.cross_entropy(model(x), y)
    scaler.scale(loss).backward()  # expect: TCK203
    scaler.update()
print(loss.item())
