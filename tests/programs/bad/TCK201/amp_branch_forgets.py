# only the fp32 branch of the step clears
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--bf16", type=int, default=1)
parser.add_argument("--steps", type=int, default=15)
cfg = parser.parse_args()


def train_step(model, optimizer, x, y, bf16):
    if bf16:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.mse_loss(model(x), y)
        loss.backward()  # expect: TCK201
        optimizer.step()
    else:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    return loss.item()


torch.manual_seed(0)
x = torch.randn(64, 5)
y = x.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(5, 16), nn.GELU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for i in range(cfg.steps):
    print(train_step(model, optimizer, x, y, cfg.bf16))
