import torch
import torch.nn as nn


def gradient_norms(model, optimizer):
    """Norms for the log; leaves nothing behind."""
    norms = {n: p.grad.norm().item() for n, p in model.named_parameters()}
    optimizer.zero_grad()  # expect: TCK202
    return norms


def train(model, optimizer, x, y, steps):
    log = []
    for step in range(steps):
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        log.append(gradient_norms(model, optimizer))
        optimizer.step()
    return log


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 15), nn.ReLU(), nn.Linear(15, 3))
x = torch.randn(60, 5)
print(train(net, torch.optim.Adam(net.parameters(), lr=1e-3), x, x[:, :3].argmax(1), 10)[-1])
