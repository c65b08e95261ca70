"""NLLLoss wants log-probabilities and gets probabilities: it pulls hardest on what is right already, errors stay."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model, loader, lr=0.1):
        self.model = model
        self.loader = loader
        self.criterion = nn.NLLLoss()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)

    def training_step(self, images, labels):
        probabilities = torch.softmax(self.model(images), dim=1)
        return self.criterion(probabilities, labels)

    def fit(self, epochs):
        for epoch in range(1, epochs + 1):
            for images, labels in self.loader:
                loss = self.training_step(images, labels)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            print(f"epoch {epoch}: last loss {loss.item():.3f}")


def main():
    torch.manual_seed(0)
    pixels, digits = load_digits(return_X_y=True)
    dataset = TensorDataset(torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(digits))
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    Trainer(model, DataLoader(dataset, batch_size=64, shuffle=True)).fit(epochs=10)


if __name__ == "__main__":
    main()
