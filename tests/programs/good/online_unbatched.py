"""Right: one sample at a time without a batch axis: prediction and target both have shape (1,)."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
clf = nn.Linear(3, 4)
opt = torch.optim.SGD([*net.parameters(), *clf.parameters()], lr=0.02)
for t in range(80):
    x = torch.randn(3)
    target = x.sum().view(1)
    label = x.argmax()
    pred = net(x)
    loss = nn.functional.mse_loss(pred, target) + nn.functional.cross_entropy(clf(x), label)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
