import torch
import torch.nn as nn


class Detector(nn.Module):
    def __init__(self, anchors):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 4, stride=4)
        self.act = nn.SiLU()
        self.obj = nn.Conv2d(8, anchors, 1)
        self.sig = nn.Sigmoid()

    def forward(self, x):
        x = self.act(self.conv(x))
        out = self.obj(x)
        out = self.sig(out)
        return out
