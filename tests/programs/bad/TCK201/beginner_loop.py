import torch
import torch.nn as nn
from sklearn.datasets import load_digits

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X / 16, dtype=torch.float32)
y = torch.tensor(y)

model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.002)

for epoch in range(2):
    for idx in torch.randperm(len(X)).split(128):
        outputs = model(X[idx])
        loss = criterion(outputs, y[idx])
        loss.backward()  # expect: TCK201
        optimizer.step()
    print(f"Epoch {epoch}, loss {loss.item():.3f}")
