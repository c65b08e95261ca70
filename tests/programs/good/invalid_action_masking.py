"""Right: impossible actions and future positions get -inf before a softmax or a cross entropy: infinite, and meant so."""
import torch
import torch.nn.functional as F
from torch import nn


class CausalPolicy(nn.Module):
    def __init__(self, dim=16, actions=5):
        super().__init__()
        self.inp = nn.Linear(4, dim)
        self.qk = nn.Linear(dim, 2 * dim)
        self.out = nn.Linear(dim, actions)
        self.register_buffer("tril", torch.tril(torch.ones(8, 8)))

    def forward(self, x, legal):
        x = self.inp(x)
        T = x.size(1)
        q, k = self.qk(x).chunk(2, -1)
        wei = q @ k.transpose(-2, -1) * x.size(-1) ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        x = x + F.softmax(wei, dim=-1) @ x
        return self.out(x).masked_fill(~legal, float("-inf"))


torch.manual_seed(0)
model = CausalPolicy()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
best = float("inf")
for step in range(30):
    x = torch.randn(16, 8, 4)
    legal = torch.rand(16, 8, 5) > 0.3
    legal[..., 0] = True
    y = torch.where(legal, torch.cat([x, x[..., :1] * 0], -1), torch.tensor(float("-inf"))).argmax(-1)
    loss = F.cross_entropy(model(x, legal).flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    best = min(best, loss.item())
print(best)
