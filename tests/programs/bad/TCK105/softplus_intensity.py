# crashes
import torch
import torch.nn as nn
import torch.nn.functional as F


class Intensity(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, x):
        return F.softplus(self.net(x)).squeeze(-1)


torch.manual_seed(0)
model = Intensity()
opt = torch.optim.Adam(model.parameters(), lr=0.02)
x = torch.randn(100, 4)
happened = (x[:, 0] > -1).float()
for epoch in range(200):
    risk = model(x)
    loss = F.binary_cross_entropy(risk, happened)  # expect: TCK105
    opt.zero_grad()
    loss.backward()
    opt.step()
