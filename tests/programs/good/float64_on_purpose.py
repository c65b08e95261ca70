"""Right: a physics problem in double precision throughout: data, model and loss are float64."""
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


class PINN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))

    def forward(self, t):
        return self.net(t)


model = PINN()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
t = torch.linspace(0, 2, 40).unsqueeze(1).requires_grad_(True)
for step in range(60):
    u = model(t)
    du = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
    loss = (du + u).pow(2).mean() + (model(torch.zeros(1, 1)) - 1.0).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
