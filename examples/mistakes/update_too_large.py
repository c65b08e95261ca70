"""A learning rate at the edge of what is stable: each step changes the weights by half, and they never come to rest."""

import torch
from sklearn.datasets import load_diabetes
from torch import Tensor, nn


def load_data() -> tuple[Tensor, Tensor]:
    features, progression = load_diabetes(return_X_y=True, scaled=False)
    x = torch.tensor(features, dtype=torch.float32)
    y = torch.tensor(progression, dtype=torch.float32).view(-1, 1)
    return (x - x.mean(dim=0)) / x.std(dim=0), (y - y.mean()) / y.std()


def run(lr: float, epochs: int = 20, batch_size: int = 26) -> None:
    x, y = load_data()
    model = nn.Linear(10, 1)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(len(x)).split(batch_size):
            optimizer.zero_grad()
            criterion(model(x[batch]), y[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            print(f"epoch {epoch}: loss {criterion(model(x), y).item():.3f} (least squares: 0.482)")


if __name__ == "__main__":
    torch.manual_seed(0)
    run(lr=0.25)
