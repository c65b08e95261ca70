# lens: runtime
import torch
from torch import nn


class WarmAdam(torch.optim.Adam):
    def __init__(self, params, lr=1e-3, warmup=5, **kwargs):
        super().__init__(params, lr=lr, **kwargs)
        self.warmup, self.count, self.base = warmup, 0, lr

    def step(self, closure=None):
        self.count += 1
        for group in self.param_groups:
            group["lr"] = self.base * min(1.0, self.count / self.warmup)
        return super().step(closure)


torch.manual_seed(0)
model = nn.Linear(6, 2)
optimizer = WarmAdam(model.parameters(), lr=5e-3, weight_decay=0.01)  # expect: TCK301
for _ in range(20):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
