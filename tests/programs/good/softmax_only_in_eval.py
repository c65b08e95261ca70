"""Right: the model applies softmax or sigmoid only outside training; the loss gets logits in training mode."""
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        logits = self.fc(x)
        if not self.training:
            return F.softmax(logits, dim=1)
        return logits


class SegHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)

    def forward(self, x, use_softmax=False):
        x = self.conv(x)
        if use_softmax:
            return nn.functional.softmax(x, dim=1)
        return nn.functional.log_softmax(x, dim=1)


torch.manual_seed(0)
x = torch.randn(90, 6)
y = x[:, :3].argmax(1)
maps = torch.randn(30, 1, 6, 6)
mask = (maps[:, 0] > 0).long()
net, head = Net(), SegHead()
opt = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=1e-2)
net.train()
for step in range(25):
    loss = F.cross_entropy(net(x), y) + F.nll_loss(head(maps), mask)
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    print(net(x).amax(1).mean().item(), head(maps, use_softmax=True).amax(1).mean().item())
