# lens: static
# the faulty loss belongs to an option that this run does not choose
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--loss", choices=["nll", "ce"], default="nll")
parser.add_argument("--steps", type=int, default=10)
args = parser.parse_args()

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(64, 8)
y = x[:, :3].argmax(1)

for step in range(args.steps):
    optimizer.zero_grad()
    logits = model(x)
    if args.loss == "ce":
        probs = F.softmax(logits, dim=1)
        loss = F.cross_entropy(probs, y)  # expect: TCK101
    else:
        loss = F.nll_loss(F.log_softmax(logits, dim=1), y)
    loss.backward()
    optimizer.step()
print(loss.item())
