import torch
import torch.nn as nn

torch.manual_seed(0)
use_amp = True
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.002)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0, enabled=use_amp)
data = torch.randn(128, 16)
labels = data[:, :4].argmax(1)

for step in range(20):
    rows = torch.randperm(128)[:32]
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=use_amp):
        output = net(data[rows])
        loss = nn.functional.cross_entropy(output, labels[rows])
    scaler.scale(loss).backward()  # expect: TCK201
    scaler.step(optimizer)
    scaler.update()
print(loss.item())
