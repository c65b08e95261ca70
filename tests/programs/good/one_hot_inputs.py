"""Right: one-hot rows are sparse zeros and ones; their small root mean square is no wrong scale."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
states = 64
transition = torch.randint(0, 4, (states,))
net = nn.Sequential(nn.Linear(states, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(40):
    s = torch.randint(0, states, (64,))
    loss = F.cross_entropy(net(F.one_hot(s, states).float()), transition[s])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
