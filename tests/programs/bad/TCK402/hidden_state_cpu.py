# crashes
# expect: TCK402 anywhere
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 6, batch_first=True)
        self.fc = nn.Linear(6, 1)

    def init_hidden(self, batch):
        return torch.zeros(1, batch, 6), torch.zeros(1, batch, 6)

    def forward(self, x):
        h = self.init_hidden(x.size(0))
        out, _ = self.lstm(x, h)
        return self.fc(out[:, -1])


torch.manual_seed(0)
dev = "meta"
net = Net().to(dev)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(2):
    x = torch.randn(4, 7, 3).to(dev)
    loss = net(x).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
