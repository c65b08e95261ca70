# expect: TCK602 anywhere; also: TCK613
import torch
from schedule import make_scheduler
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 32), nn.GELU(), nn.Linear(32, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
scheduler = make_scheduler(optimizer, warmup=1000)
x = torch.randn(600, 8)
y = torch.where(torch.rand(600) < 0.3, torch.randint(0, 3, (600,)), x[:, :3].argmax(1))
for step in range(160):
    rows = torch.randint(0, 600, (40,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
print(loss.item())
