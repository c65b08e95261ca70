# crashes
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1), nn.Tanh())
opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
real = torch.randn(32, 2) + 1.5
fake = torch.randn(32, 2)
for _ in range(5):
    batch = torch.cat([real, fake])
    label = torch.cat([torch.ones(32, 1), torch.zeros(32, 1)])
    loss = F.binary_cross_entropy(critic(batch), label)  # expect: TCK105
    opt.zero_grad()
    loss.backward()
    opt.step()
