"""Right: pointer network: the attention *scores* (before softmax) go to cross entropy, the softmax to the glimpse."""
import torch
import torch.nn.functional as F
from torch import nn


class Pointer(nn.Module):
    def __init__(self, dim=24):
        super().__init__()
        self.enc = nn.GRU(2, dim, batch_first=True)
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)

    def forward(self, points):
        states, last = self.enc(points)
        scores = torch.bmm(self.key(states), self.query(last[-1]).unsqueeze(-1)).squeeze(-1)
        glimpse = (F.softmax(scores, dim=1).unsqueeze(-1) * states).sum(1)
        scores = scores + torch.bmm(self.key(states), glimpse.unsqueeze(-1)).squeeze(-1)
        return scores


torch.manual_seed(0)
points = torch.rand(160, 5, 2)
target = points[:, :, 0].argmax(1)
model = Pointer()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(25):
    rows = torch.randint(0, 160, (40,))
    loss = F.cross_entropy(model(points[rows]), target[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
