# the outer loop of a first-order meta-learner never clears the meta-gradients
import copy

import torch
from torch import nn

torch.manual_seed(0)
meta_model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
meta_opt = torch.optim.SGD(meta_model.parameters(), lr=1e-3)
for iteration in range(12):
    for task in range(3):
        phase = torch.rand(1) * 3
        x = torch.rand(20, 1) * 4 - 2
        y = torch.sin(x + phase)
        learner = copy.deepcopy(meta_model)
        inner = torch.optim.SGD(learner.parameters(), lr=0.02)
        for _ in range(2):
            inner.zero_grad()
            nn.functional.mse_loss(learner(x), y).backward()
            inner.step()
        loss = nn.functional.mse_loss(meta_model(x), y)
        loss.backward()  # expect: TCK201
    meta_opt.step()
print(loss.item())
