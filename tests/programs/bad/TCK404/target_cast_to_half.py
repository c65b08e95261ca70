# expect: TCK404 anywhere; also: TCK607
# inputs are fine; the regression target (up to 500 000) becomes inf
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
price = (x[:, :1].exp() * 100_000).clamp(max=500_000)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)).half()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
for step in range(5):
    loss = nn.functional.l1_loss(model(x.half()), price.half())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
