"""A learning rate of 1e-6: each step moves the weights by a hundred-thousandth, a day of training changes little."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split


class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        return self.net(x)


def load_data():
    pixels, digits = load_digits(return_X_y=True)
    dataset = TensorDataset(torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(digits))
    train, val = random_split(dataset, [1500, 297])
    return DataLoader(train, batch_size=50, shuffle=True), dataset[val.indices]


@torch.no_grad()
def validate(model, images, labels):
    return F.cross_entropy(model(images), labels).item()


if __name__ == "__main__":
    torch.manual_seed(0)
    train_loader, val_data = load_data()
    model = DigitNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-6)
    for epoch in range(1, 13):
        for images, labels in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
        print(f"epoch {epoch}: validation loss {validate(model, *val_data):.4f}")
