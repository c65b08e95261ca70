# the closure clears after its backward: LBFGS sees gradients of zero
import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 50).unsqueeze(1)
y = x.pow(3)
model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=5)


def closure():
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.zero_grad(set_to_none=False)  # expect: TCK202
    return loss


for _ in range(5):
    loss = optimizer.step(closure)
print(loss.item())
