# expect: TCK602 anywhere; also: TCK606 TCK613
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 16)
y = x[:, :5].argmax(1)
layers = [nn.Linear(16, 64), nn.Tanh()]
for _ in range(4):
    layers += [nn.Linear(64, 64), nn.Tanh()]
model = nn.Sequential(*layers, nn.Linear(64, 5))
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
for epoch in range(6):
    for rows in torch.randperm(600).split(60):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
