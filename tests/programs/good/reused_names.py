"""Right: the same names mean other things later: criterion, output and model are bound anew."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 6)
y = x[:, :3].argmax(1)

criterion = nn.CrossEntropyLoss()
model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for step in range(10):
    output = model(x)
    loss = criterion(output, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
output = F.softmax(output, dim=1)
print((output.argmax(1) == y).float().mean())

criterion = nn.NLLLoss()
model = nn.Sequential(nn.Linear(6, 3), nn.LogSoftmax(dim=1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for step in range(10):
    output = model(x)
    loss = criterion(output, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

criterion = nn.MSELoss()
model = nn.Sequential(nn.Linear(6, 3), nn.Softmax(dim=1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
onehot = F.one_hot(y, 3).float()
for step in range(10):
    output = model(x)
    loss = criterion(output, onehot)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
