# accumulation: inside the `if`, clear and step are swapped
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(192, 6)
y = x[:, :3].argmax(1)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(6, 18), nn.ReLU(), nn.Linear(18, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
steps = 4
for epoch in range(3):
    for i, (xb, yb) in enumerate(loader):
        loss = nn.functional.cross_entropy(model(xb), yb) / steps
        loss.backward()
        if (i + 1) % steps == 0:
            optimizer.zero_grad()  # expect: TCK202
            optimizer.step()
    print(loss.item() * steps)
