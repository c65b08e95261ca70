"""Right: twelve layers with batch norm and He initialisation; gradients keep their scale."""
import torch
from torch import nn

torch.manual_seed(0)
layers = [nn.Linear(12, 48), nn.BatchNorm1d(48), nn.ReLU()]
for _ in range(10):
    layers += [nn.Linear(48, 48, bias=False), nn.BatchNorm1d(48), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(48, 3))
for m in model.modules():
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
x = torch.randn(256, 12)
y = x[:, :3].argmax(1)
for epoch in range(4):
    model.train()
    for rows in torch.randperm(256).split(64):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
print(loss.item())
