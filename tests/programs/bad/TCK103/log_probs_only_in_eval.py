# the log is taken in evaluation only, and the training branch returns raw scores
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = self.fc(x)
        if not self.training:
            return F.log_softmax(x, dim=-1)
        return x


torch.manual_seed(0)
net = Net()
net.train()
opt = torch.optim.SGD(net.parameters(), lr=0.01)
x = torch.randn(60, 6)
y = x[:, :3].argmax(1)
for _ in range(15):
    loss = F.nll_loss(net(x), y)  # expect: TCK103
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
