"""Right: (N, 1) on both sides, in four spellings: unsqueeze, reshape, keepdim and squeeze of the prediction."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_diabetes
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X / X.std(0), dtype=torch.float32)
y = torch.tensor((y - y.mean()) / y.std(), dtype=torch.float32)
loader = DataLoader(TensorDataset(X, y.unsqueeze(1)), batch_size=64, shuffle=True)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(3):
    for xb, yb in loader:
        pred = model(xb)
        loss = F.mse_loss(pred, yb)
        loss = loss + F.l1_loss(pred.squeeze(1), yb.flatten()) + 0.1 * ((pred.view(-1) - yb.view(-1)) ** 2).mean()
        loss = loss + 0.1 * F.huber_loss(pred, yb.mean(dim=1, keepdim=True))
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
