import torch
from torch import nn
from torch.optim import Adam


def make_optimizer(model, lr, wd):
    decay = [p for p in model.parameters() if p.ndim >= 2]
    no_decay = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decay, "weight_decay": wd}, {"params": no_decay, "weight_decay": 0.0}]
    return Adam(groups, lr=lr)  # expect: TCK301


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 24), nn.LayerNorm(24), nn.ReLU(), nn.Linear(24, 2))
opt = make_optimizer(net, 2e-3, 0.05)
x = torch.randn(64, 6)
y = (x.sum(1) > 0).long()
for _ in range(15):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
