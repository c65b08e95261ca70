from torch import nn


def build_loss(name):
    if name == "ce":
        return nn.CrossEntropyLoss()
    if name == "mse":
        return nn.MSELoss()
    raise KeyError(name)
