"""A frozen backbone with batch norm in evaluation mode, and a new head on it."""

import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(0)
features, labels = load_wine(return_X_y=True)
order = torch.randperm(len(features))
x = torch.tensor(features, dtype=torch.float32)[order]
x = (x - x.mean(0)) / x.std(0)
y = torch.tensor(labels)[order]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(13, 32), nn.BatchNorm1d(32), nn.ReLU())
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        h = self.backbone(x)
        return self.head(h)


model = Model()
for parameter in model.backbone.parameters():
    parameter.requires_grad = False
optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(8):
    model.train()
    model.backbone.eval()
    for start in range(0, 150, 25):
        optimizer.zero_grad()
        output = model(x[start : start + 25])
        loss = criterion(output, y[start : start + 25])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, (model(x[150:]).argmax(1) == y[150:]).float().mean().item())
