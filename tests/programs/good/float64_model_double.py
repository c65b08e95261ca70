"""Right: the model was moved to double because the numpy data are double; everything agrees."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)
X = torch.from_numpy(rng.normal(size=(200, 5)))
y = torch.from_numpy(rng.normal(size=(200, 1)) * 0.1) + X[:, :1]
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)).double()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(5):
    for rows in torch.randperm(200).split(40):
        loss = nn.functional.mse_loss(model(X[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
