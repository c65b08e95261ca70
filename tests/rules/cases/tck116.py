"""TCK116 focal-from-reduced-loss."""

BAD = {
    "the classic": """
import torch
import torch.nn.functional as F
def focal_loss(inputs, targets, alpha=0.25, gamma=2):
    ce = F.cross_entropy(inputs, targets)
    pt = torch.exp(-ce)
    return alpha * (1 - pt) ** gamma * ce  # <-
""",
    "binary": """
import torch
import torch.nn as nn
import torch.nn.functional as F
class FocalLoss(nn.Module):
    def __init__(self, alpha=1, gamma=2):
        super().__init__()
        self.alpha, self.gamma = alpha, gamma
    def forward(self, inputs, targets):
        bce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="mean")
        p_t = torch.exp(-bce)
        loss = self.alpha * (1 - p_t) ** self.gamma * bce  # <-
        return loss.mean()
""",
    "a criterion built in the constructor": """
import torch
from torch import nn
class FocalLoss(nn.Module):
    def __init__(self, gamma=2, weight=None):
        super().__init__()
        self.gamma = gamma
        self.ce = nn.CrossEntropyLoss(weight=weight)
    def forward(self, input, target):
        logp = self.ce(input, target)
        p = torch.exp(-logp)
        loss = (1 - p) ** self.gamma * logp  # <-
        return loss
""",
    "the log probability first": """
import torch
from torch import nn
import torch.nn.functional as F
def focal(input, target, gamma):
    logpt = -F.cross_entropy(input, target)
    pt = torch.exp(logpt)
    return -((1 - pt) ** gamma) * logpt  # <-
""",
    "a method of the tensor": """
import torch.nn.functional as F
def focal(x, y):
    ce = F.nll_loss(F.log_softmax(x, 1), y)
    pt = (-ce).exp()
    return (1.0 - pt).pow(2) * ce  # <-
""",
    "torch.pow": """
import torch
import torch.nn.functional as F
def focal(x, y, gamma=2.0):
    ce = F.cross_entropy(x, y, reduction="sum")
    pt = torch.exp(-ce)
    return torch.pow(1 - pt, gamma) * ce  # <-
""",
    "all in one": """
import torch
import torch.nn.functional as F
def focal(x, y, gamma=2.0):
    ce = F.cross_entropy(x, y)
    return (1 - torch.exp(-ce)) ** gamma * ce  # <-
""",
    "a factor with a name": """
import torch
import torch.nn.functional as F
def focal(x, y, gamma=2.0):
    ce_loss = F.cross_entropy(x, y, label_smoothing=0.1)
    pt = torch.exp(-ce_loss)
    focal_weight = (1 - pt) ** gamma  # <-
    return (focal_weight * ce_loss).mean()
""",
    "a criterion of the function": """
import torch
from torch import nn
def focal(x, y, gamma=2.0):
    criterion = nn.CrossEntropyLoss()
    loss = criterion(x, y)
    pt = torch.exp(-loss)
    return (1 - pt) ** gamma * loss  # <-
""",
}

GOOD = {
    "each sample for itself": """
import torch
import torch.nn.functional as F
def focal_loss(inputs, targets, alpha=0.25, gamma=2):
    ce = F.cross_entropy(inputs, targets, reduction="none")
    pt = torch.exp(-ce)
    return (alpha * (1 - pt) ** gamma * ce).mean()
""",
    "a criterion that does not reduce": """
import torch
from torch import nn
class FocalLoss(nn.Module):
    def __init__(self, gamma=2):
        super().__init__()
        self.gamma = gamma
        self.ce = nn.CrossEntropyLoss(reduction="none")
    def forward(self, input, target):
        logp = self.ce(input, target)
        return ((1 - torch.exp(-logp)) ** self.gamma * logp).mean()
""",
    "the caller chooses": """
import torch
import torch.nn.functional as F
def focal(x, y, gamma=2, reduction="mean"):
    ce = F.cross_entropy(x, y, reduction=reduction)
    pt = torch.exp(-ce)
    return (1 - pt) ** gamma * ce
""",
    "from probabilities": """
import torch
import torch.nn.functional as F
def focal(x, y, gamma=2):
    logp = F.log_softmax(x, dim=1).gather(1, y[:, None])
    pt = torch.exp(logp)
    return -((1 - pt) ** gamma * logp).mean()
""",
    "perplexity": """
import torch
import torch.nn.functional as F
def report(x, y):
    ce = F.cross_entropy(x, y)
    print(torch.exp(ce), torch.exp(-ce))
    return ce
""",
    "options handed on": """
import torch
import torch.nn.functional as F
def focal(x, y, gamma=2, **options):
    ce = F.cross_entropy(x, y, **options)
    return (1 - torch.exp(-ce)) ** gamma * ce
""",
    "a criterion from outside": """
import torch
def focal(criterion, x, y, gamma=2):
    ce = criterion(x, y)
    return ((1 - torch.exp(-ce)) ** gamma * ce).mean()
""",
    "one sample after another": """
import torch
import torch.nn.functional as F
def focal(xs, ys, gamma=2):
    total = 0
    for x, y in zip(xs, ys):
        ce = F.cross_entropy(x.unsqueeze(0), y.unsqueeze(0))
        total = total + (1 - torch.exp(-ce)) ** gamma * ce
    return total / len(xs)
""",
}
