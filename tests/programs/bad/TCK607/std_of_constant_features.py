# expect: TCK607 anywhere
# normalised by the deviation over time, without an epsilon: a silent clip has deviation 0
import torch
from torch import nn


class InstanceStd(nn.Module):
    def forward(self, h):
        return (h - h.mean(-1, keepdim=True)) / h.std(-1, keepdim=True)


torch.manual_seed(0)
model = nn.Sequential(nn.Conv1d(1, 4, 5, bias=False), InstanceStd(), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2))
clips = torch.randn(48, 1, 40)
clips[31] = 0.0
y = torch.randint(0, 2, (48,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(2):
    for rows in torch.randperm(48).split(12):
        loss = nn.functional.cross_entropy(model(clips[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
