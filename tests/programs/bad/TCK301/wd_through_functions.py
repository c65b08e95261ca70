import torch
from torch import nn


def make_optimizer(params, lr, decay):
    return torch.optim.Adam(params, lr=lr, weight_decay=decay)  # expect: TCK301


def setup(decay=1e-4):
    model = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
    return model, make_optimizer(model.parameters(), 1e-3, decay)


torch.manual_seed(0)
model, optimizer = setup()
for _ in range(15):
    x = torch.randn(40, 5)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
