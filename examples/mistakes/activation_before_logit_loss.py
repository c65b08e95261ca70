"""ReLU on the last layer, before a loss that takes logits: "no" is at best 50 % sure, and the loss stays above 0.2."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

# which of the seven segments of a pocket calculator light up for 0 to 9
LIT = "1110111 0100100 1011101 1101101 0101110 1101011 1111011 0100101 1111111 1101111"
SEGMENTS = torch.tensor([[float(bit) for bit in digit] for digit in LIT.split()])


class Display(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(16 * 4 * 4, 7)

    def forward(self, images):
        x = self.pool(F.relu(self.conv(images)))
        x = torch.flatten(x, start_dim=1)
        return F.relu(self.fc(x))


def step(model, optimizer, images, segments):
    optimizer.zero_grad()
    loss = F.binary_cross_entropy_with_logits(model(images), segments)
    loss.backward()
    optimizer.step()
    return loss.item() * len(images)


def main():
    torch.manual_seed(0)
    data = load_digits()
    images = torch.from_numpy(data.images).float().unsqueeze(1) / 16
    segments = SEGMENTS[data.target]
    model = Display()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(1, 11):
        total = sum(step(model, optimizer, images[b], segments[b]) for b in torch.randperm(len(images)).split(64))
        print(f"epoch {epoch}: loss {total / len(images):.3f}")


if __name__ == "__main__":
    main()
