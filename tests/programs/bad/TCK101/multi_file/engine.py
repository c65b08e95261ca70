import torch
from losses import classification_loss


def train_one_epoch(model, loader, optimizer):
    model.train()
    total, seen = 0.0, 0
    for inputs, targets in loader:
        outputs = model(inputs)
        loss = classification_loss(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)
        seen += len(targets)
    return total / seen


def fit(model, loader, epochs, lr):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for epoch in range(epochs):
        print(f"[{epoch}] {train_one_epoch(model, loader, optimizer):.4f}")
