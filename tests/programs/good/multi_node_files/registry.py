import torch.nn.functional as F
from torch import nn

MODELS, LOSSES = {}, {}


def register(table):
    def wrap(cls):
        table[cls.__name__] = cls
        return cls

    return wrap


@register(MODELS)
class Classifier(nn.Module):
    def __init__(self, cin, classes):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(cin, 32), nn.ReLU())
        self.cls_head = nn.Linear(32, classes)

    def forward(self, x, mode="train"):
        score = self.cls_head(self.backbone(x))
        if mode == "predict":
            return F.softmax(score, dim=1)
        return score


@register(LOSSES)
class CrossEntropy(nn.Module):
    def __init__(self, use_sigmoid=False, loss_weight=1.0):
        super().__init__()
        self.use_sigmoid, self.loss_weight = use_sigmoid, loss_weight

    def forward(self, score, label):
        if self.use_sigmoid:
            label = F.one_hot(label, score.size(1)).float()
            return self.loss_weight * F.binary_cross_entropy_with_logits(score, label)
        return self.loss_weight * F.cross_entropy(score, label)
