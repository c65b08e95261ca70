"""Right: the pretrained network ends in a softmax, and that layer is removed, replaced or skipped before training."""
import torch
from torch import nn


def pretrained():
    return nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3), nn.Softmax(dim=1))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        return self.softmax(self.fc(x))


torch.manual_seed(0)
cut = nn.Sequential(*list(pretrained().children())[:-1])
sliced = pretrained()[:-1]
replaced = pretrained()
replaced[-1] = nn.Identity()
popped = pretrained()
popped.pop(-1)
without = Net()
without.softmax = nn.Identity()
x = torch.randn(100, 6)
y = x[:, :3].argmax(1)
criterion = nn.CrossEntropyLoss()
for model in (cut, sliced, replaced, popped, without):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    for step in range(10):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    print(loss.item())

optimizer = torch.optim.SGD(cut.parameters(), lr=0.1)
for step in range(5):
    optimizer.zero_grad()
    loss = criterion(cut(x), y)
    loss.backward()
    optimizer.step()

net = Net()
net.softmax = nn.Identity()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(5):
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    optimizer.step()
