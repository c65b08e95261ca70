"""Right: dive-into-deep-learning style: parameters by hand with sd 0.01, own sgd function, own cross entropy on softmax."""
import torch

torch.manual_seed(0)
W1 = torch.normal(0, 0.1, (8, 32), requires_grad=True)
b1 = torch.zeros(32, requires_grad=True)
W2 = torch.normal(0, 0.1, (32, 3), requires_grad=True)
b2 = torch.zeros(3, requires_grad=True)


def relu(X):
    return torch.max(X, torch.zeros_like(X))


def softmax(X):
    X_exp = torch.exp(X - X.max(dim=1, keepdim=True).values)
    return X_exp / X_exp.sum(dim=1, keepdim=True)


def net(X):
    return softmax(relu(X @ W1 + b1) @ W2 + b2)


def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


X = torch.randn(300, 8)
y = X[:, :3].argmax(1)
for epoch in range(5):
    for rows in torch.randperm(300).split(30):
        l = cross_entropy(net(X[rows]), y[rows])
        l.sum().backward()
        sgd([W1, b1, W2, b2], 0.3, len(rows))
    print(l.mean().item())
