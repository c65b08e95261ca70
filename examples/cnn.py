"""A small convolutional network on handwritten digits, with what a training loop needs on real hardware.

Augmentation and normalisation by torchvision, batch norm, a validation pass, a learning-rate schedule, and mixed
precision where there is a GPU.
"""

import argparse
from collections.abc import Callable, Sequence

import _torchvision  # noqa: F401  (first: it lets torchvision import beside any build of torch)
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Digits(Dataset[tuple[Tensor, int]]):
    """8x8 images (H, W, 1), 0 to 255, with their labels; what the network gets is what `transform` makes of them."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, transform: Callable[[np.ndarray], Tensor]) -> None:
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images[index]), int(self.labels[index])


def load_data() -> tuple[Digits, Digits]:
    """Training set with augmentation, validation set without; both normalised by the training split's statistics."""
    images, labels = load_digits(return_X_y=True)
    images = (images * 255 / 16).round().astype(np.uint8).reshape(-1, 8, 8, 1)  # as an image file would have it
    # stratified: each digit has the same share in both splits
    x_train, x_val, y_train, y_val = train_test_split(images, labels, test_size=360, stratify=labels, random_state=0)
    to_float = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]  # 0 to 255 becomes 0 to 1
    normalise = v2.Normalize([x_train.mean() / 255], [x_train.std() / 255])
    shift = v2.RandomCrop(8, padding=1)  # no flips: a mirrored 2 is no 2
    return (
        Digits(x_train, y_train, v2.Compose([*to_float, shift, normalise])),
        Digits(x_val, y_val, v2.Compose([*to_float, normalise])),
    )


class CNN(nn.Module):
    """Images (N, 1, 8, 8) to logits (N, 10)."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.features = nn.Sequential(
            self.block(1, width),
            self.block(width, width),
            nn.MaxPool2d(2),  # 8x8 to 4x4
            self.block(width, 2 * width),
            nn.AdaptiveAvgPool2d(1),
        )
        self.head = nn.Linear(2 * width, 10)

    @staticmethod
    def block(channels_in: int, channels_out: int) -> nn.Module:
        # no bias: batch norm subtracts the mean, and any bias with it
        convolution = nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1, bias=False)
        return nn.Sequential(convolution, nn.BatchNorm2d(channels_out), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x).flatten(1))


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader) -> tuple[float, float]:
    """Mean loss and accuracy over a whole set, in evaluation mode."""
    model.eval()
    loss, right, count = 0.0, 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(dim=1) == labels).sum().item()
        count += len(labels)
    model.train()
    return loss / count, right / count


def train(train_set: Digits, val_set: Digits, epochs: int, lr: float) -> tuple[nn.Module, list[float], float]:
    """The trained network, the loss of every step, and the last validation accuracy."""
    # the rest of an epoch that fills no batch is dropped: batch norm would see too few images
    train_loader = DataLoader(train_set, batch_size=64, shuffle=True, drop_last=True)
    val_loader = DataLoader(val_set, batch_size=256)
    model = CNN().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)
    # one cycle: up to the full rate, then down to almost nothing; stepped after every batch
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=lr, total_steps=epochs * len(train_loader))
    # half precision pays on a GPU; its small gradients are scaled up so that they don't vanish
    use_amp = device.type == "cuda"
    scaler = torch.amp.GradScaler(device.type, enabled=use_amp)
    losses = []
    for epoch in range(epochs):
        for images, labels in train_loader:
            images, labels = images.to(device), labels.to(device)
            with torch.autocast(device.type, dtype=torch.float16, enabled=use_amp):
                loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            scheduler.step()
            losses.append(loss.item())
        val_loss, val_accuracy = evaluate(model, val_loader)
        loss = sum(losses[-len(train_loader) :]) / len(train_loader)
        print(f"epoch {epoch + 1:2d}  loss {loss:.4f}  validation loss {val_loss:.4f}  accuracy {val_accuracy:.1%}")
    return model, losses, val_accuracy


def main(argv: Sequence[str] | None = None) -> float:
    """Train, and return the validation accuracy after the last epoch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--lr", type=float, default=0.1)
    args = parser.parse_args(argv)

    torch.manual_seed(0)
    _, _, val_accuracy = train(*load_data(), args.epochs, args.lr)
    return val_accuracy


if __name__ == "__main__":
    main()
