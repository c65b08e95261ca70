"""Right: an exported notebook with functions that use globals, a fit function and cells that are run twice."""
# %%
import torch
from torch import nn

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
bs, lr, epochs = 32, 0.1, 2

# %%
x_train = torch.randn(200, 10)
y_train = x_train[:, :4].argmax(1)
n, c = x_train.shape


class Mnist_Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(10, 4) / 10**0.5)
        self.bias = nn.Parameter(torch.zeros(4))

    def forward(self, xb):
        return xb @ self.weights + self.bias


# %%
loss_func = nn.functional.cross_entropy
model = Mnist_Logistic()


def fit():
    for epoch in range(epochs):
        for i in range((n - 1) // bs + 1):
            xb, yb = x_train[i * bs : i * bs + bs], y_train[i * bs : i * bs + bs]
            pred = model(xb)
            loss = loss_func(pred, yb)
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p -= p.grad * lr
                model.zero_grad()


def loss_batch(model, loss_func, xb, yb, opt=None):
    loss = loss_func(model(xb), yb)
    if opt is not None:
        loss.backward()
        opt.step()
        opt.zero_grad()
    return loss.item(), len(xb)


# %%
fit()
fit()
opt = torch.optim.SGD(model.parameters(), lr=lr)
for epoch in range(epochs):
    order = torch.randperm(n)
    losses = [loss_batch(model, loss_func, x_train[i], y_train[i], opt) for i in order.split(bs)]
with torch.no_grad():
    print(loss_batch(model, loss_func, x_train, y_train))
