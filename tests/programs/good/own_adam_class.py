"""Right: a class of one's own called Adam, with decoupled weight decay; and a wd that is zero by default."""
import argparse

import torch
from torch import nn
from torch.optim import Optimizer


class Adam(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["t"] += 1
                state["m"].lerp_(p.grad, 1 - b1)
                state["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p.mul_(1 - group["lr"] * group["weight_decay"])
                m, v = state["m"] / (1 - b1 ** state["t"]), state["v"] / (1 - b2 ** state["t"])
                p.addcdiv_(m, v.sqrt().add_(group["eps"]), value=-group["lr"])


parser = argparse.ArgumentParser()
parser.add_argument("--wd", type=float, default=0.0)
args = parser.parse_args()
torch.manual_seed(0)
x = torch.randn(100, 5)
y = x[:, :3].argmax(1)
for make in (
    lambda p: Adam(p, lr=5e-3, weight_decay=0.01),
    lambda p: torch.optim.Adam(p, lr=5e-3, weight_decay=args.wd),
    lambda p: torch.optim.AdamW(p, lr=5e-3, weight_decay=0.05),
):
    model = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 3))
    optimizer = make(model.parameters())
    for step in range(20):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
