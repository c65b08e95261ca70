"""Two tasks share one network, one in raw units: its gradients are 100 000 times larger, the other never learns."""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class TwoHeads(nn.Module):
    """Which digit is it, and how much ink was used?"""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(64, width), nn.ReLU())
        self.digit = nn.Linear(width, 10)
        self.ink = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        features = self.trunk(x)
        return {"digit": self.digit(features), "ink": self.ink(features).squeeze(1)}


def joint_loss(outputs: dict[str, Tensor], digit: Tensor, ink: Tensor) -> Tensor:
    return F.cross_entropy(outputs["digit"], digit) + F.mse_loss(outputs["ink"], ink)


def main() -> None:
    torch.manual_seed(0)
    pixels, digits = load_digits(return_X_y=True)
    grey = pixels * 255 / 16  # as an 8-bit image has it
    ink = torch.tensor(grey.sum(axis=1), dtype=torch.float32)  # around 5000, and the network starts at 0
    images = torch.tensor(grey / 255, dtype=torch.float32)
    loader = DataLoader(TensorDataset(images, torch.tensor(digits), ink), batch_size=64, shuffle=True)
    model = TwoHeads()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)  # much more, and the ink's head blows up
    for epoch in range(1, 16):
        for x, digit, amount in loader:
            loss = joint_loss(model(x), digit, amount)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            right = (model(images)["digit"].argmax(dim=1) == torch.tensor(digits)).float().mean()
        print(f"epoch {epoch}: loss {loss.item():.1f}, digits read right {right:.1%}")


if __name__ == "__main__":
    main()
