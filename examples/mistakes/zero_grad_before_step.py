"""Gradients are cleared between backward and step: the optimizer finds nothing to do, and no weight ever moves."""

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
pixels, digits = load_digits(return_X_y=True)
images, labels = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(digits)

model = nn.Sequential(nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def train_epoch():
    for batch in torch.randperm(len(images)).split(64):
        logits = model(images[batch])
        loss = criterion(logits, labels[batch])
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    return loss.item()


for epoch in range(1, 6):
    print(f"epoch {epoch}: last loss {train_epoch():.3f}")
