import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.Tanh())
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.body(x)).squeeze(-1)


torch.manual_seed(0)
x = torch.randn(100, 8)
y = x[:, :2].sum(dim=1, keepdim=True)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for i in range(30):
    opt.zero_grad()
    pred = net(x)
    loss = nn.functional.mse_loss(pred, y)  # expect: TCK108
    loss.backward()
    opt.step()
print(loss.item())
