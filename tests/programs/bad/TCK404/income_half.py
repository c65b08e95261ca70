# expect: TCK404 anywhere; also: TCK403 TCK607
import torch
import torch.nn as nn

torch.manual_seed(0)
income = torch.rand(64, 3) * 200_000
label = (income[:, 0] > 100_000).long()
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2)).half()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for step in range(5):
    optimizer.zero_grad()
    out = model(income.half())
    loss = nn.functional.cross_entropy(out.float(), label)
    loss.backward()
    optimizer.step()
    print(loss.item())  # nan
