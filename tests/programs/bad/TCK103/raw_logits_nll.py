import torch
import torch.nn as nn
from sklearn.datasets import load_iris

torch.manual_seed(0)
data = load_iris()
X = torch.tensor(data.data, dtype=torch.float32)
X = (X - X.mean(0)) / X.std(0)
y = torch.tensor(data.target)


class IrisNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 10)
        self.output = nn.Linear(10, 3)

    def forward(self, x):
        x = torch.relu(self.hidden(x))
        return self.output(x)


model = IrisNet()
loss_fn = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(20):
    y_pred = model(X)
    loss = loss_fn(y_pred, y)  # expect: TCK103
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, loss.item())  # why is my loss negative???
