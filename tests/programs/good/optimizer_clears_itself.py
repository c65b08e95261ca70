"""Right: a custom optimizer whose step consumes the gradients and clears them."""
import torch
from torch import nn


class SignSGD(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.add_(p.grad.sign(), alpha=-group["lr"])
                    p.grad = None


class MultiOptimizer:
    def __init__(self, **optimizers):
        self.optimizers = optimizers

    def zero_grad(self):
        for opt in self.optimizers.values():
            opt.zero_grad()

    def step(self):
        for opt in self.optimizers.values():
            opt.step()


torch.manual_seed(0)
a = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 2))
b = nn.Sequential(nn.Embedding(10, 8, sparse=True), nn.Flatten(), nn.Linear(16, 2))
sign = SignSGD(a.parameters(), lr=2e-3)
multi = MultiOptimizer(
    sparse=torch.optim.SparseAdam(b[0].parameters(), lr=1e-2), dense=torch.optim.Adam(b[2].parameters(), lr=5e-3)
)
for step in range(30):
    x, t = torch.randn(40, 5), torch.randint(0, 10, (40, 2))
    loss_a = nn.functional.cross_entropy(a(x), (x[:, 0] > 0).long())
    loss_a.backward()
    sign.step()
    multi.zero_grad()
    loss_b = nn.functional.cross_entropy(b(t), (t[:, 0] > 4).long())
    loss_b.backward()
    multi.step()
print(loss_a.item(), loss_b.item())
