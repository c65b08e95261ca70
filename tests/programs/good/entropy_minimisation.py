"""Right: test-time adaptation and SAC-discrete: entropies from softmax times log_softmax; only norms are trained."""
import torch
import torch.nn.functional as F
from torch import nn


def softmax_entropy(x):
    return -(x.softmax(1) * x.log_softmax(1)).sum(1)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))
model.requires_grad_(False)
params = []
for m in model.modules():
    if isinstance(m, nn.BatchNorm1d):
        m.requires_grad_(True)
        m.track_running_stats, m.running_mean, m.running_var = False, None, None
        params += [m.weight, m.bias]
model.train()
optimizer = torch.optim.Adam(params, lr=1e-3)
for step in range(30):
    x = torch.randn(64, 8) * 1.5 + 0.3
    outputs = model(x)
    loss = softmax_entropy(outputs).mean(0)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
print(loss.item())
