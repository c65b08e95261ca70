import torch
import torch.nn as nn


def make_train_step(model, loss_fn, optimizer):
    def perform_train_step(x, y):
        model.train()
        yhat = model(x)
        loss = loss_fn(yhat, y)  # expect: TCK101
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return perform_train_step


def block(cin, cout, last=False):
    layers = [nn.Linear(cin, cout)]
    layers.append(nn.Softmax(dim=1) if last else nn.ReLU())
    return layers


torch.manual_seed(13)
net = nn.Sequential(*block(8, 24), *block(24, 4, last=True))
train_step = make_train_step(net, nn.CrossEntropyLoss(reduction="mean"), torch.optim.SGD(net.parameters(), lr=0.1))
x = torch.randn(100, 8)
y = x[:, :4].argmax(1)
losses = []
for epoch in range(10):
    for rows in torch.randperm(100).split(25):
        losses.append(train_step(x[rows], y[rows]))
print(losses[-1])
