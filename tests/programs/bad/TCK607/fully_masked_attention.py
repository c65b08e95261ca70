# expect: TCK607 anywhere
# one sample of the batch is all padding: its softmax row is -inf everywhere
import torch
import torch.nn.functional as F
from torch import nn


class Pool(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.score = nn.Linear(dim, 1)
        self.out = nn.Linear(dim, 2)

    def forward(self, x, mask):
        scores = self.score(x).squeeze(-1).masked_fill(~mask, float("-inf"))
        weights = F.softmax(scores, dim=1)
        return self.out((weights.unsqueeze(-1) * x).sum(1))


torch.manual_seed(0)
x = torch.randn(16, 5, 8)
lengths = torch.randint(1, 6, (16,))
lengths[7] = 0
mask = torch.arange(5) < lengths[:, None]
y = torch.randint(0, 2, (16,))
model = Pool(8)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(3):
    opt.zero_grad()
    loss = F.cross_entropy(model(x, mask), y)
    loss.backward()
    opt.step()
print(loss.item())
