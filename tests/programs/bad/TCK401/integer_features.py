# crashes
# expect: TCK401 anywhere
# tabular integers (counts) go straight into a Linear
import torch
from torch import nn


class Trainer:
    def __init__(self, model, lr):
        self.model, self.loss = model, nn.MSELoss()
        self.opt = torch.optim.SGD(model.parameters(), lr=lr)

    def fit(self, x, y, steps):
        for _ in range(steps):
            self.opt.zero_grad()
            loss = self.loss(self.model(x), y)
            loss.backward()
            self.opt.step()


torch.manual_seed(0)
counts = torch.randint(0, 4, (80, 6))
price = counts.float().sum(1, keepdim=True) / 6
Trainer(nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1)), 0.01).fit(counts, price, 10)
