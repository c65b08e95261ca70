import torch
from torch import nn

torch.manual_seed(0)
optimizers = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
backbone, head = nn.Linear(6, 12), nn.Linear(12, 2)
first = torch.optim.Adam(  # expect: TCK301
    [
        {"params": backbone.parameters(), "lr": 1e-3, "weight_decay": 1e-4},
        {"params": head.parameters()},
    ],
    lr=1e-2,
)
extra = nn.Parameter(torch.ones(2))
second = optimizers["adam"]([extra], lr=1e-3, weight_decay=5e-4)  # expect: TCK301
x = torch.randn(64, 6)
y = (x.sum(1) > 0).long()
for _ in range(15):
    loss = nn.functional.cross_entropy(head(backbone(x).relu()) * extra, y)
    first.zero_grad()
    second.zero_grad()
    loss.backward()
    first.step()
    second.step()
print(loss.item())
