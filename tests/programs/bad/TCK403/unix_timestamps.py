# expect: TCK403 anywhere; also: TCK601 TCK602 TCK613
import torch
import torch.nn as nn

torch.manual_seed(0)
when = 1.7e9 + torch.arange(200).float()[:, None] * 3600
value = torch.sin(torch.arange(200).float() / 24)[:, None]
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
criterion, optimizer = nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=1e-2)
for epoch in range(15):
    optimizer.zero_grad()
    loss = criterion(model(when), value)
    loss.backward()
    optimizer.step()
print(loss.item())
