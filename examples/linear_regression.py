"""Linear regression: how far diabetes has progressed after a year, from ten measurements of the patient.

The smallest training loop that is still a real one. The best possible answer is known in closed form (least squares),
so the end of the log says how close the loop came to it.
"""

import argparse
from collections.abc import Sequence

import torch
from sklearn.datasets import load_diabetes
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_data() -> tuple[TensorDataset, TensorDataset]:
    """Training and validation set: features (N, 10) and targets (N, 1), each in units of its standard deviation."""
    features, progression = load_diabetes(return_X_y=True, scaled=False)
    x = torch.tensor(features, dtype=torch.float32)  # numpy gives float64, the model computes in float32
    y = torch.tensor(progression, dtype=torch.float32).unsqueeze(1)  # (N, 1) like the prediction: (N,) would broadcast
    train, val = torch.randperm(len(x)).split([353, 89])
    # mean and deviation of the training split only: the validation split plays the unseen future
    x = (x - x[train].mean(0)) / x[train].std(0)
    y = (y - y[train].mean(0)) / y[train].std(0)
    return TensorDataset(x[train], y[train]), TensorDataset(x[val], y[val])


def least_squares_loss(x: Tensor, y: Tensor) -> float:
    """The lowest mean squared error that any linear model reaches on these samples."""
    with_bias = torch.cat([x, torch.ones(len(x), 1)], dim=1)
    best = torch.linalg.lstsq(with_bias, y).solution
    return F.mse_loss(with_bias @ best, y).item()


def train(train_set: TensorDataset, epochs: int, lr: float) -> tuple[nn.Module, list[float]]:
    """The trained model and the loss of every step."""
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    model = nn.Linear(10, 1).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    # the step shrinks towards the end, or the noise of the batches would keep the weights circling around the optimum
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[epochs // 2, epochs * 3 // 4], gamma=0.2)
    losses = []
    for epoch in range(epochs):
        epoch_loss = 0.0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            epoch_loss += loss.item() * len(x)  # the last batch is smaller: weigh each by its size
        scheduler.step()
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1:3d}  loss {epoch_loss / len(train_set):.4f}")
    return model, losses


@torch.no_grad()
def evaluate(model: nn.Module, dataset: TensorDataset) -> float:
    """Mean squared error over a whole set."""
    x, y = (tensor.to(device) for tensor in dataset.tensors)
    return F.mse_loss(model(x), y).item()


def main(argv: Sequence[str] | None = None) -> float:
    """Train, and return the training loss in units of the least-squares loss (1 is perfect)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--lr", type=float, default=0.03)
    args = parser.parse_args(argv)

    torch.manual_seed(0)
    train_set, val_set = load_data()
    model, _ = train(train_set, args.epochs, args.lr)
    train_loss, val_loss = evaluate(model, train_set), evaluate(model, val_set)
    best = least_squares_loss(*train_set.tensors)
    print(f"training loss {train_loss:.4f} (least squares {best:.4f}), validation loss {val_loss:.4f}")
    return train_loss / best


if __name__ == "__main__":
    main()
