# lens: runtime
# the activation is picked from a table by a configuration value: no linter follows this
from dataclasses import dataclass, field

import torch
from torch import nn

ACTIVATIONS = {"none": nn.Identity, "sigmoid": nn.Sigmoid, "softmax2d": lambda: nn.Softmax(dim=1)}


@dataclass
class Config:
    classes: int = 3
    width: int = 8
    head: dict = field(default_factory=lambda: {"activation": "softmax2d"})


class Segmenter(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, cfg.width, 3, padding=1), nn.BatchNorm2d(cfg.width), nn.ReLU())
        self.decoder = nn.Conv2d(cfg.width, cfg.classes, 1)
        self.activation = ACTIVATIONS[cfg.head["activation"]]()

    def forward(self, x):
        return self.activation(self.decoder(self.encoder(x)))


torch.manual_seed(0)
cfg = Config()
model = Segmenter(cfg)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
images = torch.randn(32, 3, 16, 16)
masks = (images.mean(1) * 2).round().clamp(-1, 1).long() + 1

for epoch in range(3):
    for i in torch.randperm(4).tolist():
        batch = slice(8 * i, 8 * i + 8)
        optimizer.zero_grad()
        loss = criterion(model(images[batch]), masks[batch])  # expect: TCK101
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
