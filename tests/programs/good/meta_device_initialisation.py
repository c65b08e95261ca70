"""Right: a large model is built on the meta device, counted, materialised on the CPU, initialised, then trained."""
import torch
from torch import nn

torch.manual_seed(0)
with torch.device("meta"):
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
count = sum(p.numel() for p in model.parameters())
shape = model(torch.empty(4, 8, device="meta")).shape
model = model.to_empty(device="cpu")
for m in model.modules():
    if isinstance(m, nn.Linear):
        m.reset_parameters()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
x = torch.randn(120, 8)
y = x[:, :3].argmax(1)
for step in range(30):
    rows = torch.randint(0, 120, (40,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(count, tuple(shape), loss.item())
