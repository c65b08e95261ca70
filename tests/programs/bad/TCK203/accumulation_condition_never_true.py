# lens: runtime
# the accumulation condition never holds: i runs to 4, so (i + 1) % 8 is never 0
import torch
from torch import nn

torch.manual_seed(0)
accumulate = 8
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
data = torch.randn(100, 5)
for epoch in range(4):
    optimizer.zero_grad()
    for i, xb in enumerate(data[torch.randperm(100)].split(20)):
        loss = nn.functional.mse_loss(model(xb), xb.sum(1, keepdim=True)) / accumulate
        loss.backward()  # expect: TCK203
        if (i + 1) % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
    print(epoch, loss.item())
