"""A three-layer network reads handwritten digits; which learning rate, and for how many epochs?

1797 images of 8x8 pixels, split three ways: the weights are trained on the first part, learning rate and epochs are
chosen on the second, and the accuracy that counts is measured once, on the third.
"""

import argparse
import copy
from collections.abc import Sequence

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

Split = tuple[Tensor, Tensor]  # images (N, 64) and labels (N,)


def load_data() -> tuple[Split, Split, Split]:
    """Training, validation and test split."""
    pixels, digits = load_digits(return_X_y=True)
    x = torch.tensor(pixels / 16, dtype=torch.float32, device=device)  # 0 to 16 becomes 0 to 1
    y = torch.tensor(digits, device=device)  # class ids stay integers
    train, val, test = torch.randperm(len(x)).to(device).split([1184, 306, 307])  # 37 full batches to train on
    return (x[train], y[train]), (x[val], y[val]), (x[test], y[test])


class MLP(nn.Module):
    """64 pixels to 10 logits. The loss applies the softmax, so there is none here."""

    def __init__(self, hidden: int = 128) -> None:
        super().__init__()
        self.fc1 = nn.Linear(64, hidden)
        self.fc2 = nn.Linear(hidden, hidden // 2)
        self.fc3 = nn.Linear(hidden // 2, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@torch.no_grad()
def accuracy(model: nn.Module, split: Split) -> float:
    """Share of the images that are read right."""
    x, y = split
    model.eval()
    right = (model(x).argmax(dim=1) == y).float().mean().item()
    model.train()
    return right


def train_epoch(model: nn.Module, optimizer: torch.optim.Optimizer, split: Split, batch_size: int = 32) -> list[float]:
    """One pass over the training split in a new order. The loss of every step."""
    x, y = split
    losses = []
    for batch in torch.randperm(len(x)).to(device).split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train(train_split: Split, val_split: Split, epochs: int, lr: float) -> tuple[nn.Module, int, list[float]]:
    """The network at its best epoch by validation accuracy, that epoch, and the loss of every step."""
    torch.manual_seed(1)  # the same first weights and the same batches for each learning rate: a fair comparison
    model = MLP().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    best, best_epoch, best_accuracy = model, 0, 0.0
    losses = []
    for epoch in range(1, epochs + 1):
        epoch_losses = train_epoch(model, optimizer, train_split)
        val_accuracy = accuracy(model, val_split)
        if val_accuracy > best_accuracy:
            # a copy: training goes on and would change the model that we keep
            best, best_epoch, best_accuracy = copy.deepcopy(model), epoch, val_accuracy
        losses += epoch_losses
        if epoch in (1, 3, 10) or epoch == epochs:
            loss = sum(epoch_losses) / len(epoch_losses)
            print(f"lr {lr:<4} epoch {epoch:3d}  loss {loss:.4f}  validation accuracy {val_accuracy:.1%}")
    return best, best_epoch, losses


def main(argv: Sequence[str] | None = None) -> float:
    """Train with each learning rate, and return the test accuracy of the network that validation prefers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--lr", type=float, nargs="+", default=[0.01, 0.03, 0.1])
    args = parser.parse_args(argv)

    torch.manual_seed(0)
    train_split, val_split, test_split = load_data()
    runs = [(*train(train_split, val_split, args.epochs, lr)[:2], lr) for lr in args.lr]
    model, epoch, lr = max(runs, key=lambda run: accuracy(run[0], val_split))
    test_accuracy = accuracy(model, test_split)
    print(f"chosen: lr {lr}, epoch {epoch}; test accuracy {test_accuracy:.1%}")
    return test_accuracy


if __name__ == "__main__":
    main()
