"""Right: heads that end in BatchNorm, LayerNorm, a learnt scale, dropout or a bias after the last linear map; maxout."""
import torch
import torch.nn.functional as F
from torch import nn


class Maxout(nn.Module):
    def __init__(self, cin, cout, pieces=2):
        super().__init__()
        self.cout, self.pieces, self.lin = cout, pieces, nn.Linear(cin, cout * pieces)

    def forward(self, x):
        return self.lin(x).view(-1, self.cout, self.pieces).amax(-1)


torch.manual_seed(0)
x = torch.randn(160, 8)
y = x[:, :4].argmax(1)
heads = [
    nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4), nn.BatchNorm1d(4)),
    nn.Sequential(nn.Linear(8, 24), nn.GELU(), nn.Linear(24, 4), nn.LayerNorm(4)),
    nn.Sequential(nn.Linear(8, 24), nn.SiLU(), nn.Linear(24, 4), nn.Dropout(0.05)),
    nn.Sequential(nn.Linear(8, 24), nn.ELU(), Maxout(24, 4)),
]
for net in heads:
    scale = nn.Parameter(torch.ones(4))
    opt = torch.optim.Adam([*net.parameters(), scale], lr=5e-3)
    net.train()
    for step in range(25):
        loss = F.cross_entropy(net(x) * scale, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())
