# crashes
# expect: TCK401 anywhere
# the data is halved "to save memory", the model is not, and there is no autocast
import torch
import torch.nn as nn

torch.manual_seed(0)
feats = torch.randn(64, 12).half()
target = (feats.sum(1) > 0).long()
mlp = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.AdamW(mlp.parameters(), lr=1e-3)
for i in range(5):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(mlp(feats), target)
    loss.backward()
    optimizer.step()
