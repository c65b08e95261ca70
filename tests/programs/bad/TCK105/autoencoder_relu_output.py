# crashes
"""Convolutional autoencoder: the decoder ends in ReLU, pixels above 1 are not probabilities."""
import torch
import torch.nn as nn
from sklearn.datasets import load_digits


class ConvAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU())
        self.decoder = nn.Sequential(nn.ConvTranspose2d(8, 1, 2, stride=2), nn.ReLU())

    def forward(self, x):
        x = self.encoder(x)
        x = self.decoder(x)
        return x


torch.manual_seed(0)
images = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 16
model = ConvAutoencoder()
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(40):
    idx = torch.randperm(len(images))[:64]
    optimizer.zero_grad()
    outputs = model(images[idx])
    loss = criterion(outputs, images[idx])  # expect: TCK105
    loss.backward()
    optimizer.step()
print(loss.item())
