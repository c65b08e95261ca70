"""NumPy computes in float64 and its arrays reach the model so, while the weights are float32: torch stops at once."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset


class DigitsDataset(Dataset):
    def __init__(self):
        pixels, digits = load_digits(return_X_y=True)
        self.pixels = torch.from_numpy(pixels / 16)
        self.digits = torch.from_numpy(digits)

    def __len__(self):
        return len(self.digits)

    def __getitem__(self, index):
        return self.pixels[index], self.digits[index]


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU())
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        return self.head(self.encoder(x))


def fit(model, loader, optimizer, epochs):
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: {loss.item():.3f}")


if __name__ == "__main__":
    torch.manual_seed(0)
    loader = DataLoader(DigitsDataset(), batch_size=64, shuffle=True)
    model = Classifier()
    fit(model, loader, torch.optim.SGD(model.parameters(), lr=0.1), epochs=5)
