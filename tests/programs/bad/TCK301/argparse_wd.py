import argparse

import torch
from torch import nn
from torch import optim

parser = argparse.ArgumentParser()
parser.add_argument("--lr", default=1e-3, type=float)
parser.add_argument("--wd", "--weight-decay", dest="weight_decay", default=5e-4, type=float)
args = parser.parse_args()

torch.manual_seed(0)
gcn = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = optim.Adam(gcn.parameters(), args.lr, weight_decay=args.weight_decay)  # expect: TCK301 runtime
features = torch.randn(80, 16)
labels = features[:, :4].argmax(1)
for epoch in range(20):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(gcn(features), labels)
    loss.backward()
    optimizer.step()
print(loss.item())
