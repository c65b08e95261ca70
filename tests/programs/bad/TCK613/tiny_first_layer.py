# expect: TCK613 anywhere; also: TCK602
# weights of the first layer drawn with a variance where the standard deviation is meant: 1e-8
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(16, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 3)
        nn.init.normal_(self.fc1.weight, std=1e-4 ** 2)
        nn.init.zeros_(self.fc1.bias)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


torch.manual_seed(0)
x = torch.randn(240, 16)
y = x[:, :3].argmax(1)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.02)
for epoch in range(30):
    for rows in torch.randperm(240).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
