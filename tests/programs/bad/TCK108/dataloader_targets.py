# lens: runtime
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class HousePrices(Dataset):
    def __init__(self, n=160):
        rng = np.random.default_rng(0)
        self.x = rng.normal(size=(n, 6)).astype(np.float32)
        self.y = (self.x @ rng.normal(size=6)).astype(np.float32)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.net(x)


def train():
    torch.manual_seed(0)
    loader = DataLoader(HousePrices(), batch_size=32, shuffle=True)
    model = Regressor()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_function = nn.L1Loss()
    for epoch in range(4):
        for inputs, targets in loader:
            outputs = model(inputs)
            loss = loss_function(outputs, targets)  # expect: TCK108
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


train()
