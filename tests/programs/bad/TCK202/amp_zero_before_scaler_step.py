import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
imgs = torch.randn(60, 1, 8, 8)
ids = imgs.flatten(1)[:, :3].argmax(1)
for step in range(12):
    rows = torch.randint(0, 60, (20,))
    with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
        loss = nn.functional.cross_entropy(model(imgs[rows]), ids[rows])
    scaler.scale(loss).backward()
    optimizer.zero_grad(set_to_none=False)  # expect: TCK202
    scaler.step(optimizer)
    scaler.update()
print(loss.item())
