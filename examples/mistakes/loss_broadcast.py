"""Predictions (N, 1) meet targets (N,): each is compared with every other's target, and only the mean is learnt."""

import torch
from sklearn.datasets import load_diabetes
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
features, progression = load_diabetes(return_X_y=True, scaled=False)
x = torch.tensor(features, dtype=torch.float32)
y = torch.tensor(progression, dtype=torch.float32)

train_set, val_set = random_split(TensorDataset(x, y), [352, 90])
x_train, y_train = x[train_set.indices], y[train_set.indices]


def standardise(batch, reference):
    return (batch - reference.mean(dim=0)) / reference.std(dim=0)


model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

for epoch in range(1, 41):
    total = 0.0
    for inputs, targets in DataLoader(train_set, batch_size=32, shuffle=True):
        predictions = model(standardise(inputs, x_train))
        loss = criterion(predictions, standardise(targets, y_train))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
    if epoch % 10 == 0:
        print(f"epoch {epoch}: loss {total / len(train_set):.3f} (1 is what the mean alone gives)")
