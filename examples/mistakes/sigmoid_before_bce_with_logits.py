"""Sigmoid twice, by hand and in the loss: the loss sees 0.5 to 0.73, so even a perfect answer costs 0.31 or 0.69."""

import torch
from sklearn.datasets import load_breast_cancer
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits


def load_data():
    features, benign = load_breast_cancer(return_X_y=True)
    x = torch.tensor(features, dtype=torch.float32)
    y = torch.tensor(benign, dtype=torch.float32).unsqueeze(1)
    train, val = torch.randperm(len(x)).split([450, 119])
    x = (x - x[train].mean(0)) / x[train].std(0)
    return x[train], y[train], x[val], y[val]


def predict(model, x):
    return torch.sigmoid(model(x))


def main():
    torch.manual_seed(0)
    x_train, y_train, x_val, y_val = load_data()
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)
    for _ in range(20):
        for batch in torch.randperm(len(x_train)).split(50):
            loss = binary_cross_entropy_with_logits(predict(model, x_train[batch]), y_train[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        accuracy = ((predict(model, x_val) > 0.5) == (y_val > 0.5)).float().mean()
    print(f"last loss {loss.item():.3f}, validation accuracy {accuracy.item():.1%}")


if __name__ == "__main__":
    main()
