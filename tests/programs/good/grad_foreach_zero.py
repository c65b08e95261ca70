"""Right: gradients are zeroed in place, all at once, by a foreach kernel or one by one by `zero_()`."""
import torch
from torch import nn


def clear(params):
    grads = [p.grad for p in params if p.grad is not None]
    if grads:
        torch._foreach_zero_(grads)


torch.manual_seed(0)
net = nn.Linear(6, 2)
other = nn.Linear(6, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
opt2 = torch.optim.SGD(other.parameters(), lr=0.1)
x = torch.randn(80, 6)
t = (x[:, 0] > 0).long()
for _ in range(25):
    loss = nn.functional.cross_entropy(net(x), t)
    clear(net.parameters())
    loss.backward()
    opt.step()

    loss2 = nn.functional.cross_entropy(other(x), t)
    for p in other.parameters():
        if p.grad is not None:
            p.grad.detach_()
            p.grad.zero_()
    loss2.backward()
    opt2.step()
print(loss.item(), loss2.item())
