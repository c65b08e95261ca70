# expect: TCK613 anywhere; also: TCK601 TCK602
# a wrong unit in a checkpoint: one layer's weights are a hundred thousand times those of its neighbours
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 40), nn.LayerNorm(40), nn.GELU(), nn.Linear(40, 40), nn.LayerNorm(40), nn.GELU(), nn.Linear(40, 3))
with torch.no_grad():
    net[3].weight.mul_(1e5)
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
x = torch.randn(300, 10)
y = x[:, :3].argmax(1)
for step in range(120):
    rows = torch.randint(0, 300, (60,))
    loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
