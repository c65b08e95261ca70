"""Right: a joint backward fills parameters of three optimizers that step at different rhythms; each clears its own."""
import torch
from torch import nn

torch.manual_seed(0)
trunk, slow, fast = nn.Linear(8, 24), nn.Linear(24, 3), nn.Linear(24, 1)
opts = [torch.optim.SGD(m.parameters(), lr=lr) for m, lr in ((trunk, 0.05), (slow, 0.05), (fast, 0.1))]
x = torch.randn(300, 8)
y, z = x[:, :3].argmax(1), x[:, :1]
for opt in opts:
    opt.zero_grad()
for step in range(60):
    rows = torch.randint(0, 300, (50,))
    h = torch.tanh(trunk(x[rows]))
    loss = nn.functional.cross_entropy(slow(h), y[rows]) + nn.functional.mse_loss(fast(h), z[rows])
    loss.backward()
    for i, opt in enumerate(opts):
        if step % (i + 1) == 0:
            opt.step()
            opt.zero_grad()
print(loss.item())
