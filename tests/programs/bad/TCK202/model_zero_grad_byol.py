# self-supervised: model.zero_grad() slipped between backward and step
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
online = nn.Sequential(nn.Linear(12, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 8))
predictor = nn.Linear(8, 8)
target = copy.deepcopy(online).requires_grad_(False)
learner = nn.ModuleDict({"online": online, "predictor": predictor})
opt = torch.optim.SGD(learner.parameters(), lr=0.05, momentum=0.9)
images = torch.randn(96, 12)

for step in range(12):
    rows = torch.randperm(96)[:32]
    one = images[rows] + 0.1 * torch.randn(32, 12)
    two = images[rows] + 0.1 * torch.randn(32, 12)
    with torch.no_grad():
        z = target(two)
    loss = 2 - 2 * F.cosine_similarity(predictor(online(one)), z, dim=-1).mean()
    loss.backward()
    learner.zero_grad()  # expect: TCK202
    opt.step()
    with torch.no_grad():
        for p, q in zip(online.parameters(), target.parameters()):
            q.lerp_(p, 0.01)
print(loss.item())
