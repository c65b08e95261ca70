from dataclasses import dataclass

import torch
import torch.nn as nn


@dataclass
class TrainConfig:
    lr: float = 1e-3
    wd: float = 1e-4
    steps: int = 15


class Runner:
    def __init__(self, cfg: TrainConfig):
        self.cfg = cfg
        self.net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
        self.optimizer = self._make_optimizer()

    def _make_optimizer(self):
        params = filter(lambda p: p.requires_grad, self.net.parameters())
        return torch.optim.Adam(params, lr=self.cfg.lr, weight_decay=self.cfg.wd)  # expect: TCK301

    def run(self, x, y):
        for _ in range(self.cfg.steps):
            self.optimizer.zero_grad()
            loss = nn.functional.mse_loss(self.net(x), y)
            loss.backward()
            self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(50, 5)
print(Runner(TrainConfig()).run(x, x.mean(1, keepdim=True)))
