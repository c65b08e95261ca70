"""Right: cross entropy of log(softmax(x)) equals that of x; and the teacher's softmax is only a target."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net, teacher = nn.Linear(6, 3), nn.Linear(6, 3)
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
x = torch.randn(100, 6)
y = x[:, :3].argmax(1)
for step in range(30):
    p = F.softmax(net(x), dim=1)
    loss = F.cross_entropy(torch.log(p.clamp_min(1e-9)), y)
    with torch.no_grad():
        target = F.softmax(teacher(x) / 2, dim=1)
    loss = loss + 0.5 * F.kl_div(F.log_softmax(net(x), dim=1), target, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
