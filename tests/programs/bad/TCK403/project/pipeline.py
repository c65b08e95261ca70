import torch


def batches(n, size):
    """Physical units: positions in micrometres of a plant, hence values about 1e5."""
    for _ in range(n):
        pos = torch.randn(size, 4) * 2e5
        yield pos, (pos[:, :2] - pos[:, 2:]) / 2e5
