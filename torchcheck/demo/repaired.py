"""The same loop with the three mistakes mended."""

import torch
from torch import nn

from torchcheck.demo.data import digits

torch.manual_seed(0)
train_x, train_y, test_x, test_y = digits()

model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=1e-2)

for epoch in range(1, 11):
    model.train()
    total = 0.0
    for rows in torch.split(torch.randperm(len(train_x)), 64):
        optimizer.zero_grad()
        loss = criterion(model(train_x[rows]), train_y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)

    model.eval()
    with torch.no_grad():
        accuracy = (model(test_x).argmax(dim=1) == test_y).float().mean().item()
    print(f"epoch {epoch:2}   loss {total / len(train_x):.3f}   accuracy {accuracy:6.1%}")
