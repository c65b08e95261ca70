"""Right: token ids beyond 65504 stay integers in a half model; sums that could overflow are taken in float32."""
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(100_000, 8)
        nn.init.normal_(self.emb.weight, std=0.5)
        self.norm, self.fc = nn.LayerNorm(8), nn.Linear(8, 2)

    def forward(self, ids):
        h = self.emb(ids)
        pooled = (h.float().sum(1) * 100).div(100 * ids.size(1)).to(h.dtype)
        return self.fc(self.norm(pooled)).float()


torch.manual_seed(0)
model = Model().half()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
ids = torch.randint(60_000, 100_000, (120, 6))
y = ids[:, 0] % 2
for step in range(30):
    rows = torch.randint(0, 120, (40,))
    loss = nn.functional.cross_entropy(model(ids[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
