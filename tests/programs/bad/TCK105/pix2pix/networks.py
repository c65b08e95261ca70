import torch
import torch.nn as nn


class GANLoss(nn.Module):
    def __init__(self, use_lsgan=True):
        super().__init__()
        self.loss = nn.MSELoss() if use_lsgan else nn.BCELoss()

    def forward(self, prediction, target_is_real):
        target = torch.ones_like(prediction) if target_is_real else torch.zeros_like(prediction)
        return self.loss(prediction, target)  # expect: TCK105 runtime


class PatchDiscriminator(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(channels, 8, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, True),
            nn.Conv2d(8, 16, 4, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.LeakyReLU(0.2, True),
            nn.Conv2d(16, 1, 4, padding=1),
        )

    def forward(self, x):
        return self.model(x)
