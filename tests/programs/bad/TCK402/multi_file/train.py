# crashes
# expect: TCK402 anywhere
import torch
from losses import WeightedMSE
from torch import nn

DEVICE = "meta"
torch.manual_seed(0)
model = nn.Linear(4, 2).to(DEVICE)
criterion = WeightedMSE([1.0, 3.0])
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    x = torch.randn(10, 4).to(DEVICE)
    y = torch.randn(10, 2).to(DEVICE)
    loss = criterion(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
