import torch
from optimizers import get_optimizer
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = get_optimizer("adam", model)
x = torch.rand(64, 4)
y = x.mean(1, keepdim=True)
for _ in range(15):
    optimizer.zero_grad()
    loss = nn.functional.l1_loss(model(x), y)
    loss.backward()
    optimizer.step()
print(loss.item())
