"""Right: MoCo's linear evaluation: SGD with learning rate 30 on frozen unit-norm features; the loss falls."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 128)).eval().requires_grad_(False)
fc = nn.Linear(128, 5, bias=False)
fc.weight.data.normal_(mean=0.0, std=0.01)
optimizer = torch.optim.SGD(fc.parameters(), 30.0, momentum=0.0, weight_decay=0.0)
x = torch.randn(500, 16)
y = x[:, :5].argmax(1)
with torch.no_grad():
    features = encoder(x)
    features = F.normalize(features - features.mean(0), dim=1)
first = None
for epoch in range(6):
    for rows in torch.randperm(500).split(100):
        loss = nn.functional.cross_entropy(fc(features[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        first = first or loss.item()
print(first, loss.item())
