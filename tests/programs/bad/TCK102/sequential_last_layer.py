import torch
from torch import nn

torch.manual_seed(0)
mlp = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 4), nn.LogSoftmax(dim=1))
objective = nn.CrossEntropyLoss()
opt = torch.optim.Adam(mlp.parameters(), lr=1e-2)
X = torch.randn(100, 5)
Y = X[:, :4].argmax(1)
for _ in range(20):
    yhat = mlp(X)
    err = objective(yhat, Y)  # expect: TCK102
    opt.zero_grad()
    err.backward()
    opt.step()
print(float(err))
