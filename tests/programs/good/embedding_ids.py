"""Right: token ids are large integers, and go to an embedding; counts go to another embedding after clamping."""
import torch
from torch import nn


class Recommender(nn.Module):
    def __init__(self):
        super().__init__()
        self.item = nn.Embedding(5000, 16)
        self.count = nn.Embedding(10, 16)
        self.score = nn.Linear(32, 1)

    def forward(self, ids, counts):
        h = torch.cat([self.item(ids), self.count(counts.clamp(max=9))], dim=1)
        return self.score(h).squeeze(1)


torch.manual_seed(0)
ids, counts = torch.randint(0, 5000, (300,)), torch.randint(0, 400, (300,))
clicked = (counts > 8).float()
model = Recommender()
opt = torch.optim.Adagrad(model.parameters(), lr=0.05)
for epoch in range(4):
    for rows in torch.randperm(300).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(model(ids[rows], counts[rows]), clicked[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
