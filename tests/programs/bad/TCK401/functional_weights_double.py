# crashes
# expect: TCK401 anywhere
# weights by hand from numpy, data in float32
import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(0)
W = torch.tensor(rng.normal(size=(3, 4)) * 0.1, requires_grad=True)
b = torch.zeros(3, requires_grad=True)
x = torch.from_numpy(rng.normal(size=(30, 4)).astype("float32"))
y = torch.from_numpy(rng.integers(0, 3, 30))
for _ in range(5):
    loss = F.cross_entropy(F.linear(x, W, b), y)
    loss.backward()
    with torch.no_grad():
        for p in (W, b):
            p -= 0.1 * p.grad
            p.grad = None
