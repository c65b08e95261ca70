# expect: TCK613 anywhere; also: TCK601 TCK606
import torch
import torch.nn as nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
nn.init.normal_(model[2].weight, std=200.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(200, 10)
y = (x.sum(1) > 0).long()
for step in range(120):
    rows = torch.randint(0, 200, (40,))
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    loss.backward()
    optimizer.step()
print(loss.item())
