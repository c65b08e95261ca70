"""Right: the momentum teacher has no gradients, is in no optimizer and moves by an exponential average."""
import copy

import torch
import torch.nn.functional as F
from torch import nn


class BYOL(nn.Module):
    def __init__(self):
        super().__init__()
        self.online = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16))
        self.predictor = nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 16))
        self.target = copy.deepcopy(self.online)
        for p in self.target.parameters():
            p.requires_grad = False

    @torch.no_grad()
    def update_moving_average(self, beta=0.99):
        for online, target in zip(self.online.parameters(), self.target.parameters()):
            target.data = target.data * beta + (1 - beta) * online.data

    def forward(self, one, two):
        p1, p2 = self.predictor(self.online(one)), self.predictor(self.online(two))
        with torch.no_grad():
            t1, t2 = self.target(one), self.target(two)
        sim = F.cosine_similarity(p1, t2.detach(), dim=-1) + F.cosine_similarity(p2, t1.detach(), dim=-1)
        return (2 - sim).mean()


torch.manual_seed(0)
images = torch.randn(128, 10)
learner = BYOL()
opt = torch.optim.Adam([p for p in learner.parameters() if p.requires_grad], lr=1e-3)
for step in range(30):
    rows = torch.randint(0, 128, (64,))
    views = [images[rows] + 0.2 * torch.randn(64, 10) for _ in range(2)]
    loss = learner(*views)
    opt.zero_grad()
    loss.backward()
    opt.step()
    learner.update_moving_average()
print(loss.item())
