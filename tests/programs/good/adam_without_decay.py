"""Right: Adam with weight_decay=0 in every spelling, and Adam whose decay is decoupled."""
import torch
from torch import nn, optim

torch.manual_seed(0)
x = torch.randn(100, 5)
y = x[:, :3].argmax(1)
WEIGHT_DECAY = 0


def make(kind, model):
    if kind == "zero":
        return optim.Adam(model.parameters(), lr=5e-3, weight_decay=0)
    if kind == "groups":
        groups = [{"params": [p], "weight_decay": 0.0} for p in model.parameters()]
        return optim.Adam(groups, lr=5e-3)
    if kind == "constant":
        return optim.Adam(model.parameters(), lr=5e-3, weight_decay=WEIGHT_DECAY)
    if kind == "sgd":
        return optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    return optim.Adam(model.parameters(), lr=5e-3, weight_decay=0.01, decoupled_weight_decay=True)


for kind in ("zero", "groups", "constant", "sgd", "decoupled"):
    model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = make(kind, model)
    for step in range(15):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(kind, loss.item())
