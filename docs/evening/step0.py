"""Reads handwritten digits, line by line."""

import csv

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 12
RATE = 0.3


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lines = nn.LSTM(8, 64)
        self.drop = nn.Dropout(0.2)
        self.digit = nn.Linear(64, 10)

    def forward(self, images):
        seen, _ = self.lines(images)
        return torch.softmax(self.digit(self.drop(seen[:, -1])), dim=1)


def load():
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32) / 16
    labels = torch.tensor(digits.target)
    learn = TensorDataset(images[:1200], labels[:1200])
    check = TensorDataset(images[1200:], labels[1200:])
    return DataLoader(learn, batch_size=64, shuffle=True), DataLoader(check, batch_size=64)


def evaluate(model, loader, criterion):
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():
        for images, labels in loader:
            output = model(images)
            loss += criterion(output, labels).item() * len(labels)
            right += (output.argmax(1) == labels).sum().item()
            count += len(labels)
    return loss / count, right / count


def setup():
    torch.manual_seed(0)
    learn, check = load()
    model = Reader()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    return model, learn, check, nn.CrossEntropyLoss(), optimizer


def train():
    model, learn, check, criterion, optimizer = setup()
    with open("log.csv", "w", newline="") as file:
        log = csv.writer(file)
        log.writerow(["epoch", "train_loss", "val_loss", "val_accuracy"])
        for epoch in range(1, EPOCHS + 1):
            total = 0.0
            for images, labels in learn:
                loss = criterion(model(images), labels)
                loss.backward()
                optimizer.step()
                total += loss.item()
            val_loss, accuracy = evaluate(model, check, criterion)
            log.writerow([epoch, total / len(learn), val_loss, accuracy])
            print(f"epoch {epoch:2}: loss {total / len(learn):.3f}, validation {val_loss:.3f}, accuracy {accuracy:.1%}")


def exam():
    """For `torchcheck preflight`."""
    model, learn, _, criterion, optimizer = setup()
    return model, next(iter(learn)), criterion, optimizer


if __name__ == "__main__":
    train()
