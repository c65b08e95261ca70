"""Right: SGD by hand under no_grad, with the gradients zeroed in place after use."""
import torch

torch.manual_seed(0)
x = torch.randn(300, 4)
y = x @ torch.tensor([1.0, -1.0, 0.5, 2.0]) - 0.3
w = torch.randn(4, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.03
for epoch in range(3):
    for rows in torch.randperm(300).split(20):
        loss = ((x[rows] @ w + b - y[rows]) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for param in (w, b):
                param -= lr * param.grad
                param.grad.zero_()
print(loss.item())
