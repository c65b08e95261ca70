"""An autoencoder in a trainer class; digits in [0, 1]."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
        self.decoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))

    def forward(self, x):
        h = self.encoder(x)
        return self.decoder(h)


class Trainer:
    def __init__(self, model, loader, lr):
        self.model = model
        self.loader = loader
        self.criterion = nn.MSELoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)
        self.losses = []

    def train_epoch(self):
        self.model.train()
        for (x,) in self.loader:
            self.optimizer.zero_grad()
            output = self.model(x)
            loss = self.criterion(output, x)
            loss.backward()
            self.optimizer.step()
            self.losses.append(loss.item())

    def fit(self, epochs):
        for epoch in range(epochs):
            self.train_epoch()
            print(epoch, self.losses[-1])


if __name__ == "__main__":
    torch.manual_seed(0)
    images = torch.tensor(load_digits().data / 16, dtype=torch.float32)
    loader = DataLoader(TensorDataset(images), batch_size=64, shuffle=True)
    Trainer(AutoEncoder(), loader, lr=2e-3).fit(4)
