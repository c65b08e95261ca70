"""A regression on a table, standardised by the training part, with weight decay and a plateau."""

import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(0)
features, progression = load_diabetes(return_X_y=True)
x = torch.tensor(features, dtype=torch.float32)
y = torch.tensor(progression, dtype=torch.float32)
x_train, x_val, y_train, y_val = x[:350], x[350:], y[:350], y[350:]
mean, std = x_train.mean(0), x_train.std(0)
x_train, x_val = (x_train - mean) / std, (x_val - mean) / std
low, scale = y_train.mean(), y_train.std()
y_train, y_val = (y_train - low) / scale, (y_val - low) / scale

model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
loss_fn = nn.MSELoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
for epoch in range(12):
    order = torch.randperm(len(x_train))
    total_loss = 0.0
    for start in range(0, 350, 35):
        rows = order[start : start + 35]
        optimizer.zero_grad()
        prediction = model(x_train[rows]).squeeze(1)
        loss = loss_fn(prediction, y_train[rows])
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    with torch.no_grad():
        val_loss = loss_fn(model(x_val).squeeze(1), y_val)
    scheduler.step(val_loss)
    print(epoch, total_loss / 10, val_loss.item())
