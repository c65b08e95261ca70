# expect: TCK602 anywhere; also: TCK613
import copy

import torch
from torch import nn

torch.manual_seed(0)
LEARNING_RATE = 0.5  # meant 5e-4
q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(q).requires_grad_(False)
opt = torch.optim.Adam(q.parameters(), lr=LEARNING_RATE)
for step in range(80):
    s, a, s2 = torch.randn(32, 4), torch.randint(0, 2, (32, 1)), torch.randn(32, 4)
    r = (a[:, 0] == (s[:, 0] > 0)).float()
    with torch.no_grad():
        goal = r + 0.5 * target(s2).max(1).values
    loss = nn.functional.smooth_l1_loss(q(s).gather(1, a).squeeze(1), goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        target.load_state_dict(q.state_dict())
print(loss.item())
