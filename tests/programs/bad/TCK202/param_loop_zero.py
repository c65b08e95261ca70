import torch
import torch.nn.functional as F

torch.manual_seed(0)
W = torch.randn(5, 3) * 0.1
W.requires_grad_()
b = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.SGD([W, b], lr=0.5)
x = torch.randn(100, 5)
y = x[:, :3].argmax(1)


def zero(params):
    for p in params:
        if p.grad is not None:
            p.grad.zero_()  # expect: TCK202 static


for it in range(20):
    loss = F.cross_entropy(x @ W + b, y)
    loss.backward()
    zero([W, b])
    optimizer.step()  # expect: TCK202 runtime
print(loss.item())
