"""Right: probabilities as targets are allowed in cross entropy; the input stays logits."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.randn(120, 6)
votes = F.softmax(x[:, :4] * 2, dim=1)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(40):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), votes)
    loss.backward()
    optimizer.step()
print(loss.item())
