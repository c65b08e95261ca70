"""The model is moved to another device and the batches stay where they were: torch stops at the first layer."""

import torch
from sklearn.datasets import load_digits
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# without a GPU, torch's shape-only device `meta` plays its part: it refuses to meet CPU tensors just the same
device = torch.device("cuda" if torch.cuda.is_available() else "meta")


def digits_loader(batch_size):
    pixels, digits = load_digits(return_X_y=True)
    images = torch.tensor(pixels / 16, dtype=torch.float32)
    return DataLoader(TensorDataset(images, torch.tensor(digits)), batch_size=batch_size, shuffle=True)


def make_model():
    return nn.Sequential(
        nn.Linear(64, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


def train():
    torch.manual_seed(0)
    model = make_model().to(device)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(3):
        for images, labels in digits_loader(batch_size=64):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}")


if __name__ == "__main__":
    train()
