import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.randn(100, 1)
y = 3 * x + 1
model = nn.Linear(1, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(30):
    optimizer.zero_grad()
    y_pred = model(x)
    loss = criterion(y_pred, y)
    loss.backward()  # expect: TCK203
    if epoch % 10 == 0:
        print(epoch, loss.item())
