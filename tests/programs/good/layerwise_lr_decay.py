"""Right: discriminative fine-tuning: the rate falls by 0.5 a layer from the head down, the first layer hardly moves."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(*[m for _ in range(6) for m in (nn.Linear(16, 16), nn.ReLU())], nn.Linear(16, 3))
linears = [m for m in model if isinstance(m, nn.Linear)]
for m in linears[:-1]:
    nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
groups = [{"params": m.parameters(), "lr": 2e-3 * 0.5**i} for i, m in enumerate(reversed(linears))]
optimizer = torch.optim.AdamW(groups, lr=2e-3)
x = torch.randn(200, 16)
y = x[:, :3].argmax(1)
for step in range(80):
    rows = torch.randint(0, 200, (50,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
