# lens: runtime
import torch
from torch import nn

CONFIG = {"optimizer": {"type": "Adam", "lr": 1e-3, "weight_decay": 0.01}, "steps": 15}


def build_optimizer(cfg, params):
    cfg = dict(cfg)
    cls = getattr(torch.optim, cfg.pop("type"))
    return cls(params, **cfg)  # expect: TCK301


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 10), nn.ELU(), nn.Linear(10, 3))
optimizer = build_optimizer(CONFIG["optimizer"], model.parameters())
x = torch.randn(60, 5)
y = x[:, :3].argmax(1)
for step in range(CONFIG["steps"]):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
print(loss.item())
