# crashes
# expect: TCK401 anywhere
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2)).to(torch.bfloat16)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(16, 1, 8, 8), torch.randint(0, 2, (16,))
for _ in range(3):
    loss = nn.functional.cross_entropy(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
