# expect: TCK601 anywhere
# the mean loss is divided by the number of all samples, twice
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.randn(500, 8)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
for epoch in range(15):
    total = 0.0
    for rows in torch.randperm(500).split(50):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows]) / len(x) / len(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, total * 500)
