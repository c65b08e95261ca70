"""Right: SupCon and NT-Xent: exp, log and masks by hand, or -inf on the diagonal before cross entropy."""
import torch
import torch.nn.functional as F
from torch import nn


def nt_xent(z, temperature=0.5):
    n = z.size(0)
    sim = z @ z.t() / temperature
    sim = sim.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
    target = torch.arange(n).roll(n // 2)
    return F.cross_entropy(sim, target)


def supcon(z, labels, temperature=0.5):
    logits = z @ z.t() / temperature
    logits = logits - logits.max(dim=1, keepdim=True).values.detach()
    off = 1 - torch.eye(len(z))
    mask = (labels[:, None] == labels[None, :]).float() * off
    log_prob = logits - torch.log((torch.exp(logits) * off).sum(1, keepdim=True))
    return -((mask * log_prob).sum(1) / mask.sum(1).clamp_min(1)).mean()


torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=2e-3)
data = torch.randn(100, 10)
for step in range(30):
    rows = torch.randint(0, 100, (24,))
    views = torch.cat([data[rows] + 0.1 * torch.randn(24, 10), data[rows] + 0.1 * torch.randn(24, 10)])
    z = F.normalize(encoder(views), dim=1)
    labels = (data[rows][:, 0] > 0).long().repeat(2)
    loss = nt_xent(z) + supcon(z, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
