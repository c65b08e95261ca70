# expect: TCK403 anywhere; also: TCK613
# pandas-like columns, unscaled: age, yearly income, square feet
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(0)
torch.manual_seed(0)
age = rng.uniform(18, 80, 200)
income = rng.normal(52_000, 15_000, 200)
sqft = rng.normal(1500, 400, 200)
X = torch.tensor(np.stack([age, income, sqft], 1), dtype=torch.float32)
y = torch.tensor(income > 52_000).float().unsqueeze(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 16)
        self.fc2 = nn.Linear(16, 1)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(3):
    for xb, yb in DataLoader(TensorDataset(X, y), batch_size=40, shuffle=True):
        optimizer.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        optimizer.step()
    print(loss.item())
