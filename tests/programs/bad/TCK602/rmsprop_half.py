# expect: TCK602 anywhere; also: TCK613
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 8, 3)
        self.f = nn.Linear(8 * 36, 4)

    def forward(self, x):
        return self.f(F.relu(self.c(x)).flatten(1))


class Trainer:
    def __init__(self, lr=0.5):
        self.net = Net()
        self.opt = torch.optim.RMSprop(self.net.parameters(), lr=lr)

    def step(self, x, y):
        self.opt.zero_grad()
        loss = F.cross_entropy(self.net(x), y)
        loss.backward()
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(120, 1, 8, 8)
y = x.flatten(1)[:, :4].argmax(1)
trainer = Trainer()
for i in range(60):
    rows = torch.randint(0, 120, (30,))
    loss = trainer.step(x[rows], y[rows])
print(loss)
