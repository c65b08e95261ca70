import torch
from torch import nn


class LogRatio(nn.Module):
    """Centred log-ratio of compositions; a zero share gives log(0)."""

    def forward(self, x):
        logs = torch.log(x / x.sum(1, keepdim=True))
        return logs - logs.mean(1, keepdim=True)
