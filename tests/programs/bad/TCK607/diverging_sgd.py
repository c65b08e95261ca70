# expect: TCK607 anywhere; also: TCK602 TCK613
# the rate is so large that the weights overflow
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 5)
y = x @ torch.randn(5, 1)
model = nn.Linear(5, 1)
opt = torch.optim.SGD(model.parameters(), lr=8.0)
for step in range(80):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
print(loss.item())
