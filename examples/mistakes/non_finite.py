"""The root of a squared distance, taken at distance 0: the loss is fine, its gradient NaN, then every weight."""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


class Embedder(nn.Module):
    """Digits (N, 64) to points (N, 8), equal digits close to each other."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(64, 32)
        self.out = nn.Linear(32, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(torch.tanh(self.hidden(x)))


def pairwise_distances(points: Tensor) -> Tensor:
    """(N, N); each point is at distance 0 from itself."""
    differences = points.unsqueeze(1) - points.unsqueeze(0)
    return differences.pow(2).sum(dim=-1).sqrt()


def contrastive_loss(points: Tensor, labels: Tensor, margin: float = 1.0) -> Tensor:
    distances = pairwise_distances(points)
    same = labels.unsqueeze(1) == labels.unsqueeze(0)
    return torch.where(same, distances**2, F.relu(margin - distances) ** 2).mean()


def main():
    torch.manual_seed(0)
    pixels, digits = load_digits(return_X_y=True)
    images, labels = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(digits)
    model = Embedder()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for batch in torch.randperm(len(images)).split(64):
        optimizer.zero_grad()
        loss = contrastive_loss(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
    print(f"last loss {loss.item():.3f}")


if __name__ == "__main__":
    main()
