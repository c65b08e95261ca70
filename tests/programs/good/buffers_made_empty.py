"""Right: torch.empty and inf as storage to be filled; nothing unfilled is ever read."""
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self, slots, dim):
        super().__init__()
        self.register_buffer("store", torch.full((slots, dim), float("nan")))
        self.register_buffer("best", torch.full((slots,), float("inf")))
        self.filled = 0
        self.fc = nn.Linear(2 * dim, 2)

    def forward(self, x):
        n = len(x)
        self.store[:n] = x.detach()
        self.filled = max(self.filled, n)
        context = self.store[: self.filled].mean(0, keepdim=True).expand(n, -1)
        out = torch.empty(n, 2 * x.size(1))
        out[:, : x.size(1)] = x
        out[:, x.size(1) :] = context
        return self.fc(out)


torch.manual_seed(0)
model = Memory(64, 5)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(25):
    x = torch.randn(32, 5)
    each = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long(), reduction="none")
    model.best[:32] = torch.minimum(model.best[:32], each.detach())
    optimizer.zero_grad()
    each.mean().backward()
    optimizer.step()
print(each.mean().item(), torch.isinf(model.best).sum().item())
