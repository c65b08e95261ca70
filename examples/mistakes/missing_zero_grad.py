"""Gradients are never cleared: each step follows the sum of all gradients so far, a direction from long ago."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model, optimizer):
        self.model = model
        self.optimizer = optimizer

    def _forward(self, batch):
        images, labels = batch
        return F.cross_entropy(self.model(images), labels)

    def _update(self, loss):
        loss.backward()
        self.optimizer.step()

    def run_epoch(self, loader):
        total = 0.0
        for batch in loader:
            loss = self._forward(batch)
            self._update(loss)
            total += loss.item() * len(batch[1])
        return total / len(loader.dataset)


def main():
    torch.manual_seed(0)
    pixels, digits = load_digits(return_X_y=True)
    dataset = TensorDataset(torch.tensor(pixels / 16).float(), torch.tensor(digits))
    loader = DataLoader(dataset, batch_size=64, shuffle=True)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.03))
    for epoch in range(1, 16):
        print(f"epoch {epoch}: loss {trainer.run_epoch(loader):.3f}")


if __name__ == "__main__":
    main()
