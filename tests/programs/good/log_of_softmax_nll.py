"""Right: log(softmax + eps) is a log-probability; so is the log of an averaged ensemble."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
members = nn.ModuleList(nn.Linear(6, 3) for _ in range(3))
optimizer = torch.optim.Adam(members.parameters(), lr=2e-2)
criterion = nn.NLLLoss()
x = torch.randn(120, 6)
y = x[:, :3].argmax(1)
for step in range(30):
    probs = torch.stack([F.softmax(m(x), dim=1) for m in members]).mean(0)
    loss = criterion(torch.log(probs + 1e-8), y)
    single = F.nll_loss(members[0](x).softmax(1).clamp_min(1e-8).log(), y)
    optimizer.zero_grad()
    (loss + 0.1 * single).backward()
    optimizer.step()
print(loss.item())
