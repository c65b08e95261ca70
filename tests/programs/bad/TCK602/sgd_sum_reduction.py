# expect: TCK602 anywhere; also: TCK606 TCK613
# reduction="sum" over a batch of 128 with the rate of a mean; a fifth of the labels are noise
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(1024, 12)
y = torch.where(torch.rand(1024) < 0.2, torch.randint(0, 4, (1024,)), x[:, :4].argmax(1))
model = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 4))
criterion = nn.CrossEntropyLoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for step in range(80):
    rows = torch.randint(0, 1024, (128,))
    optimizer.zero_grad()
    loss = criterion(model(x[rows]), y[rows])
    loss.backward()
    optimizer.step()
print(loss.item() / 128)
