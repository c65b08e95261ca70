import torch
from torch import nn
from torch.nn import functional as F


def log_probs(net, batch):
    out = net(batch)
    out = out - out.max(dim=1, keepdim=True).values
    return F.log_softmax(out, 1)


def loss_of(net, batch, target):
    scores = log_probs(net, batch)
    return F.cross_entropy(scores, target)  # expect: TCK102


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 18), nn.SiLU(), nn.Linear(18, 3))
opt = torch.optim.NAdam(net.parameters(), lr=1e-2)
x = torch.randn(80, 6)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
for _ in range(15):
    loss = loss_of(net, x, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
