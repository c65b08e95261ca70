"""Right: training is resumed from a checkpoint that has converged: gradients are tiny and the loss stays where it is."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 4)
y = x @ torch.tensor([[1.0], [-1.0], [2.0], [0.3]])


def train(model, steps, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    return {"model": copy.deepcopy(model.state_dict()), "optimizer": copy.deepcopy(optimizer.state_dict()), "loss": loss.item()}


checkpoint = train(nn.Linear(4, 1), 300, 0.2)
resumed = nn.Linear(4, 1)
resumed.load_state_dict(checkpoint["model"])
print(checkpoint["loss"], train(resumed, 60, 0.1)["loss"])
