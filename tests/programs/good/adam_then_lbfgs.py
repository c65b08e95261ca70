"""Right: a physics-informed network: first Adam, then LBFGS with a closure, then a closure for SGD too."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
t = torch.linspace(0, 1, 50).unsqueeze(1)


def loss_fn():
    tt = t.clone().requires_grad_(True)
    u = net(tt)
    du = torch.autograd.grad(u.sum(), tt, create_graph=True)[0]
    return (du + 2 * u).square().mean() + (net(torch.zeros(1, 1)) - 1).square().mean()


adam = torch.optim.Adam(net.parameters(), lr=5e-3)
for i in range(60):
    adam.zero_grad()
    loss = loss_fn()
    loss.backward()
    adam.step()

lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=10, line_search_fn="strong_wolfe")


def closure():
    lbfgs.zero_grad()
    loss = loss_fn()
    loss.backward()
    return loss


for i in range(4):
    lbfgs.step(closure)

sgd = torch.optim.SGD(net.parameters(), lr=1e-3)


def sgd_closure():
    sgd.zero_grad()
    value = loss_fn()
    value.backward()
    return value


for i in range(5):
    loss = sgd.step(sgd_closure)
print(loss.item())
