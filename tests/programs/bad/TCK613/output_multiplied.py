# expect: TCK613 anywhere; also: TCK601
# a branch whose output is multiplied by 1e-5 "to be safe": its gradients are 1e5 times smaller than its twin's
import torch
from torch import nn


class TwoTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
        self.deep = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x):
        return self.wide(x) + 1e-6 * self.deep(x)


torch.manual_seed(0)
x = torch.randn(300, 12)
y = x[:, :4].argmax(1)
model = TwoTower()
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for step in range(120):
    rows = torch.randint(0, 300, (50,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
