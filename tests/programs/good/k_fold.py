"""Right: every fold builds a new model and a new optimizer."""
import torch
from sklearn.datasets import load_iris
from sklearn.model_selection import KFold
from torch import nn

torch.manual_seed(0)
X, y = load_iris(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
scores = []
for train, test in KFold(3, shuffle=True, random_state=0).split(X):
    mean, std = X[train].mean(0), X[train].std(0)
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for epoch in range(10):
        model.train()
        for rows in torch.tensor(train)[torch.randperm(len(train))].split(25):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model((X[rows] - mean) / std), y[rows])
            loss.backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        scores.append((model((X[test] - mean) / std).argmax(1) == y[test]).float().mean().item())
print(scores)
