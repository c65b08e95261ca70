import torch
import torch.nn.functional as F

torch.manual_seed(11)
x = torch.randn(120, 8)
y = x[:, :5].argmax(1)

w1 = (torch.randn(8, 32) * 0.3).requires_grad_()
b1 = torch.zeros(32, requires_grad=True)
w2 = (torch.randn(32, 5) * 0.2).requires_grad_()
b2 = torch.zeros(5, requires_grad=True)
optimizer = torch.optim.Adam([w1, b1, w2, b2], lr=1e-2)


def net(inp):
    h = torch.tanh(inp @ w1 + b1)
    return F.softmax(h @ w2 + b2, dim=1)


for it in range(25):
    p = net(x)
    loss = F.nll_loss(p, y)  # expect: TCK103
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("final", loss.item())
