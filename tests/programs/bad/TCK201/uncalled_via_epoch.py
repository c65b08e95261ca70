# zero_grad per epoch instead of per batch
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


def train(model, loader, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        model.train()
        optimizer.zero_grad()
        for batch_x, batch_y in loader:
            logits = model(batch_x)
            loss = criterion(logits, batch_y)
            loss.backward()  # expect: TCK201
            optimizer.step()
        print(f"epoch {epoch}: {loss.item():.4f}")


torch.manual_seed(0)
x = torch.randn(160, 8)
y = x[:, :4].argmax(1)
train(nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4)),
      DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True), 3)
