"""Adam divides its weight decay by the gradient's scale, so the busiest weights hardly decay; AdamW does it right."""

import torch
import torch.optim as optim
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F


class Classifier(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        # no biases, so that the decay concerns nothing but matrices
        self.layers = nn.Sequential(
            nn.Linear(64, width, bias=False),
            nn.ReLU(),
            nn.Linear(width, 10, bias=False),
        )

    def forward(self, x):
        return self.layers(x)


def make_optimizer(model, lr=3e-3):
    return optim.Adam(model.parameters(), lr=lr, weight_decay=1e-2)


def main():
    torch.manual_seed(0)
    pixels, digits = load_digits(return_X_y=True)
    images, labels = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(digits)
    model = Classifier()
    optimizer = make_optimizer(model)
    for epoch in range(1, 11):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: last loss {loss.item():.3f}")


if __name__ == "__main__":
    main()
