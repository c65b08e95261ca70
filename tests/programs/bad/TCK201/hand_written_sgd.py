import torch

torch.manual_seed(0)
x = torch.randn(200, 3)
y = x @ torch.tensor([1.0, -2.0, 0.5]) + 0.7
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.005

for epoch in range(30):
    y_hat = x @ w + b
    loss = (y_hat - y).pow(2).mean()
    loss.backward()  # expect: TCK201
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
print(loss.item(), w)
