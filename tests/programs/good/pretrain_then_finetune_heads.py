"""Right: two phases with different losses, heads and optimizers; the old head's softmax serves a frozen teacher later."""
import copy

import torch
import torch.nn.functional as F
from torch import nn


class Model(nn.Module):
    def __init__(self, head):
        super().__init__()
        self.body, self.head = nn.Sequential(nn.Linear(8, 32), nn.ReLU()), head

    def forward(self, x):
        return self.head(self.body(x))


torch.manual_seed(0)
x = torch.randn(240, 8)
y = x[:, :3].argmax(1)
model = Model(nn.Linear(32, 8))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(30):
    loss = F.mse_loss(model(x), x)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()

model.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(32, 3))
opt = torch.optim.SGD([{"params": model.body.parameters(), "lr": 0.01}, {"params": model.head.parameters()}], lr=0.1)
for step in range(30):
    loss = F.cross_entropy(model(x), y)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()

teacher = nn.Sequential(copy.deepcopy(model), nn.Softmax(dim=1)).eval().requires_grad_(False)
student = nn.Linear(8, 3)
opt = torch.optim.SGD(student.parameters(), lr=0.2)
for step in range(20):
    loss = F.cross_entropy(student(x), teacher(x))
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
