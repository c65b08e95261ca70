import torch
from torch import nn


class Solver:
    def __init__(self):
        self.gen = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.dis = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
        self.opt_g = torch.optim.SGD(self.gen.parameters(), lr=1e-3)
        self.opt_d = torch.optim.SGD(self.dis.parameters(), lr=1e-3)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=64.0)

    def _update(self, loss, optimizer):
        self.scaler.scale(loss).backward()  # expect: TCK201
        self.scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 1.0)
        self.scaler.step(optimizer)
        self.scaler.update()

    def d_step(self, real):
        self.opt_d.zero_grad()
        fake = self.gen(torch.randn(len(real), 4)).detach()
        self._update(torch.relu(1 - self.dis(real)).mean() + torch.relu(1 + self.dis(fake)).mean(), self.opt_d)

    def g_step(self, n):
        for p in self.dis.parameters():
            p.requires_grad_(False)
        self._update(-self.dis(self.gen(torch.randn(n, 4))).mean(), self.opt_g)
        for p in self.dis.parameters():
            p.requires_grad_(True)


torch.manual_seed(0)
solver = Solver()
for it in range(15):
    solver.d_step(torch.randn(32, 2) + 1)
    solver.g_step(32)
