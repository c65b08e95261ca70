"""Photo pixels go in as 0 to 255: the first gradients are hundreds of times too large, the loss leaps."""

import torch
from sklearn.datasets import load_sample_image
from torch import Tensor, nn
from torch.nn import functional as F

PATCH = 16


def patches_of(photo: str) -> Tensor:
    """The photo cut into squares, (N, 3, PATCH, PATCH)."""
    pixels = torch.from_numpy(load_sample_image(photo).copy()).permute(2, 0, 1)
    squares = pixels.unfold(1, PATCH, PATCH).unfold(2, PATCH, PATCH)
    return squares.flatten(1, 2).transpose(0, 1)


def load_patches() -> tuple[Tensor, Tensor]:
    """Which photo is each patch from? The temple (0) or the flower (1)."""
    temple, flower = patches_of("china.jpg"), patches_of("flower.jpg")
    labels = torch.cat([torch.zeros(len(temple)), torch.ones(len(flower))])
    return torch.cat([temple, flower]).float(), labels


def main() -> None:
    torch.manual_seed(0)
    patches, labels = load_patches()
    model = nn.Sequential(
        nn.Conv2d(3, 16, kernel_size=4, stride=4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(16 * 4 * 4, 1),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for epoch in range(1, 11):
        total = 0.0
        for batch in torch.randperm(len(patches)).split(64):
            logits = model(patches[batch]).squeeze(1)
            loss = F.binary_cross_entropy_with_logits(logits, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch}: loss {total / len(labels):.3f}")


if __name__ == "__main__":
    main()
