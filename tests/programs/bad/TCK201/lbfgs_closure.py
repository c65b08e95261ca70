# the closure forgets to clear: LBFGS evaluates it many times a step
import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 60).unsqueeze(1)
y = 2 * x + 0.3 + 0.05 * torch.randn_like(x)
model = nn.Linear(1, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.01, max_iter=4)


def closure():
    out = model(x)
    loss = criterion(out, y)
    loss.backward()  # expect: TCK201
    return loss


for i in range(6):
    print("step", i, optimizer.step(closure).item())
