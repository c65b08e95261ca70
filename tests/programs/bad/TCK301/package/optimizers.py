from torch import optim


def get_optimizer(name, model, lr=1e-3):
    if name == "sgd":
        return optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
    if name == "adam":
        return optim.Adam(model.parameters(), lr=lr, amsgrad=True, weight_decay=1e-4)  # expect: TCK301
    raise ValueError(f"unknown optimizer {name}")
