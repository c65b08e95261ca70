# expect: TCK601 anywhere
# LambdaLR multiplies; the lambda returns the rate itself, so the rate is squared
import torch
from torch import nn

torch.manual_seed(0)
LR = 1e-3
model = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=0.9)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: LR * 0.5 ** (step // 100))
x = torch.randn(400, 12)
y = x[:, :4].argmax(1)
for step in range(150):
    rows = torch.randint(0, 400, (50,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
print(loss.item())
