import torch
from torch import nn

torch.manual_seed(0)
w_true = torch.randn(5)
features = torch.randn(64, 5)
labels = features.mv(w_true) + 0.1 * torch.randn(64)


def squared_loss(y_hat, y):
    return ((y_hat - y) ** 2).mean()  # expect: TCK108


lin = nn.Linear(5, 1)
trainer = torch.optim.SGD(lin.parameters(), lr=0.03)
for epoch in range(20):
    y_hat = lin(features)
    l = squared_loss(y_hat, labels)
    trainer.zero_grad()
    l.backward()
    trainer.step()
    print(f"epoch {epoch + 1}, loss {l:f}")
