"""Linear regression with nothing built in: no module, no optimizer, no loader. Only autograd is borrowed.

The same task as in `linear_regression.py`; every line here is what `nn.Linear`, `optim.SGD` and `DataLoader` do there.
"""

import argparse
from collections.abc import Sequence

import torch
from sklearn.datasets import load_diabetes
from torch import Tensor

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_data() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Features (N, 10) and targets (N, 1) of the training and the validation split, standardised."""
    features, progression = load_diabetes(return_X_y=True, scaled=False)
    x = torch.tensor(features, dtype=torch.float32, device=device)
    y = torch.tensor(progression, dtype=torch.float32, device=device).unsqueeze(1)
    train, val = torch.randperm(len(x)).to(device).split([353, 89])
    # mean and deviation of the training split only: the validation split plays the unseen future
    x = (x - x[train].mean(0)) / x[train].std(0)
    y = (y - y[train].mean(0)) / y[train].std(0)
    return x[train], y[train], x[val], y[val]


def mean_squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """Mean over the batch; both are (N, 1)."""
    return ((prediction - target) ** 2).mean()


def least_squares_loss(x: Tensor, y: Tensor) -> float:
    """The lowest mean squared error that any linear model reaches on these samples."""
    with_bias = torch.cat([x, torch.ones_like(y)], dim=1)
    best = torch.linalg.lstsq(with_bias, y).solution
    return mean_squared_error(with_bias @ best, y).item()


def train(x: Tensor, y: Tensor, epochs: int, lr: float, batch_size: int = 32) -> tuple[Tensor, Tensor, list[float]]:
    """Weight (10, 1), bias (1,) and the loss of every step."""
    # zeros are fine here: a single linear layer has no symmetry to break, its optimum is unique
    weight = torch.zeros(10, 1, device=device, requires_grad=True)
    bias = torch.zeros(1, device=device, requires_grad=True)
    losses = []
    for epoch in range(epochs):
        # the step shrinks towards the end, or the noise of the batches would keep the weights circling
        step_size = lr * (1.0 if epoch < epochs // 2 else 0.2 if epoch < epochs * 3 // 4 else 0.04)
        epoch_loss = 0.0
        for batch in torch.randperm(len(x)).to(device).split(batch_size):  # a new order in every epoch
            loss = mean_squared_error(x[batch] @ weight + bias, y[batch])
            loss.backward()
            with torch.no_grad():  # the update itself must not be recorded
                for parameter in (weight, bias):
                    parameter -= step_size * parameter.grad  # in place: a new tensor would not be the leaf any more
                    parameter.grad = None  # the next backward would add to it
            losses.append(loss.item())
            epoch_loss += loss.item() * len(batch)
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1:3d}  loss {epoch_loss / len(x):.4f}")
    return weight, bias, losses


def main(argv: Sequence[str] | None = None) -> float:
    """Train, and return the training loss in units of the least-squares loss (1 is perfect)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--lr", type=float, default=0.03)
    args = parser.parse_args(argv)

    torch.manual_seed(0)
    x_train, y_train, x_val, y_val = load_data()
    weight, bias, _ = train(x_train, y_train, args.epochs, args.lr)
    with torch.no_grad():
        train_loss = mean_squared_error(x_train @ weight + bias, y_train).item()
        val_loss = mean_squared_error(x_val @ weight + bias, y_val).item()
    best = least_squares_loss(x_train, y_train)
    print(f"training loss {train_loss:.4f} (least squares {best:.4f}), validation loss {val_loss:.4f}")
    return train_loss / best


if __name__ == "__main__":
    main()
