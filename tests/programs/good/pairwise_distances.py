"""Right: a loss over all pairs broadcasts (N, 1) against (1, N) on purpose; targets are pairwise too."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
x = torch.randn(80, 5)
rank = x[:, 0] + 0.5 * x[:, 1]
for step in range(40):
    rows = torch.randint(0, 80, (24,))
    score = net(x[rows]).squeeze(1)
    diff = score[:, None] - score[None, :]
    wanted = rank[rows][:, None] - rank[rows][None, :]
    mds = ((diff - wanted) ** 2).mean()
    ranknet = nn.functional.binary_cross_entropy_with_logits(diff, (wanted > 0).float())
    loss = mds + 0.1 * ranknet
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
