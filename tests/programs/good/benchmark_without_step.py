"""Right: a timing script: forward and backward again and again, no optimizer is ever stepped, and none should be."""
import time

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 10))
criterion = nn.CrossEntropyLoss()
x, y = torch.randn(8, 3, 8, 8), torch.randint(0, 10, (8,))


def run(repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        criterion(model(x), y).backward()
    return (time.perf_counter() - start) / repeats


run(3)
print(f"{run(10) * 1e3:.2f} ms per forward and backward")
