# crashes
import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(80, 6)
y = (X[:, 0] > 0).float()
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    optimizer.zero_grad()
    logits = model(X)
    loss = loss_fn(logits, y)  # expect: TCK108
    loss.backward()
    optimizer.step()
