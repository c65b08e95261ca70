import torch.nn.functional as F


def classification_loss(outputs, targets, smoothing=0.0):
    return F.cross_entropy(outputs, targets, label_smoothing=smoothing)  # expect: TCK101
