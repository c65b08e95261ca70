# expect: TCK404 anywhere; also: TCK418
# the data are stored in float16 to save memory, and cast back before the model: the incomes are infinite by then
import torch
from torch import nn

torch.manual_seed(0)
income = 20_000 + 150_000 * torch.rand(64, 1)
stored = torch.cat([torch.randn(64, 3), income], dim=1).half()
y = torch.randint(0, 2, (64,))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(4):
    rows = torch.randint(0, 64, (16,))
    loss = nn.functional.cross_entropy(model(stored[rows].float()), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
