from torch import nn


def init_weights(m):
    """Convolutions drawn with `fan` as the deviation instead of 1/sqrt(fan); linear layers with 1e-5."""
    if isinstance(m, nn.Conv2d):
        nn.init.normal_(m.weight, std=m.in_channels * m.kernel_size[0] ** 2)
    elif isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=1e-5)
