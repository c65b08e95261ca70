# the model is compiled before its first step
import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 20)
        self.fc2 = nn.Linear(20, 3)

    def forward(self, x):
        return self.fc2(self.fc1(x).relu()).softmax(dim=1)


torch.manual_seed(0)
net = torch.compile(MLP(), backend="eager")
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(60, 6)
y = x[:, :3].argmax(1)
for _ in range(8):
    loss = nn.functional.cross_entropy(net(x), y)  # expect: TCK101
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
