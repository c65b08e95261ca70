import functools

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(120, 9)
y = x[:, :3].argmax(1)
weights = torch.tensor([1.0, 1.5, 0.5])
losses = {"ce": nn.CrossEntropyLoss(weight=weights), "smooth": functools.partial(F.cross_entropy, label_smoothing=0.1)}
net = nn.Sequential(nn.Linear(9, 27), nn.ReLU(), nn.Linear(27, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(25):
    rows = torch.randint(0, 120, (40,))
    out = net(x[rows])
    loss = losses["ce"](nn.Softmax(dim=1)(out), y[rows])  # expect: TCK101
    loss = loss + losses["smooth"](input=torch.softmax(out, -1), target=y[rows])  # expect: TCK101
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
