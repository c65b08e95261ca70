"""Right: R-Drop: two dropout passes, a symmetric KL between their distributions, cross entropy on both logits."""
import torch
import torch.nn.functional as F
from torch import nn


def compute_kl_loss(p, q):
    p_loss = F.kl_div(F.log_softmax(p, dim=-1), F.softmax(q, dim=-1), reduction="none")
    q_loss = F.kl_div(F.log_softmax(q, dim=-1), F.softmax(p, dim=-1), reduction="none")
    return (p_loss.sum() + q_loss.sum()) / 2


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Dropout(0.3), nn.Linear(48, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
x = torch.randn(160, 8)
y = x[:, :3].argmax(1)
model.train()
for step in range(30):
    rows = torch.randint(0, 160, (40,))
    one, two = model(x[rows]), model(x[rows])
    ce = 0.5 * (F.cross_entropy(one, y[rows]) + F.cross_entropy(two, y[rows]))
    loss = ce + 0.05 * compute_kl_loss(one, two)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
