# lens: runtime
import torch
from sklearn.datasets import make_regression
from torch import nn

torch.manual_seed(0)
X, t = make_regression(n_samples=150, n_features=5, noise=1.0, random_state=0)
X = torch.as_tensor(X, dtype=torch.float32)
t = torch.as_tensor(t / t.std(), dtype=torch.float32)
net = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for i in range(40):
    opt.zero_grad()
    loss = torch.mean(torch.abs(net(X) - t))  # expect: TCK108
    loss.backward()
    opt.step()
print(loss.item())
