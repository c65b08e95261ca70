# also: TCK216
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.GRU(4, 12, batch_first=True)
        self.head = nn.Linear(12, 2)
        self.opt = torch.optim.SGD([*self.net.parameters(), *self.head.parameters()], lr=2e-3)

    def step(self, x, y):
        self.opt.zero_grad
        out, _ = self.net(x)
        loss = nn.functional.cross_entropy(self.head(out[:, -1]), y)
        loss.backward()  # expect: TCK201
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
trainer = Trainer()
for _ in range(15):
    x = torch.randn(24, 6, 4)
    print(trainer.step(x, (x[:, -1, 0] > 0).long()))
