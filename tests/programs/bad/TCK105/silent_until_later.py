# A bias of 0.5 and tiny weights keep the raw outputs inside (0, 1): torch does not complain for now.
import torch
import torch.nn as nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 1))
nn.init.normal_(net[2].weight, std=0.02)
nn.init.constant_(net[2].bias, 0.5)
bce = nn.BCELoss()
opt = torch.optim.SGD(net.parameters(), lr=0.01)
x = torch.rand(64, 5)
y = (x.sum(1, keepdim=True) > 2.5).float()
for i in range(15):
    opt.zero_grad()
    loss = bce(net(x), y)  # expect: TCK105
    loss.backward()
    opt.step()
print(loss.item())
