import torch
from callbacks import CallbackList, ZeroGrad
from torch import nn

torch.manual_seed(0)
net = nn.Linear(9, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
callbacks = CallbackList([ZeroGrad(opt)])
x = torch.randn(90, 9)
y = (x[:, 0] > 0).long()
for step in range(15):
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    callbacks.fire("after_backward")
    opt.step()
print(loss.item())
