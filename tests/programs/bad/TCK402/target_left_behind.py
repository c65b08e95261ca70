# crashes
# expect: TCK402 anywhere
import torch
import torch.nn.functional as F
from torch import nn


class Runner:
    def __init__(self, device):
        self.device = device
        self.net = nn.Linear(6, 3).to(device)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def step(self, batch):
        x = batch["x"].to(self.device)
        y = batch["y"]
        loss = F.cross_entropy(self.net(x), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
runner = Runner("meta")
for _ in range(3):
    runner.step({"x": torch.randn(8, 6), "y": torch.randint(0, 3, (8,))})
