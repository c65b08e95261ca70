"""Right: products, complements, exponentials, hard sigmoids and normal CDFs are probabilities as well."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
x = torch.randn(120, 6)
y = (x[:, 0] > 0).float()
a, b, c, d, e = (nn.Linear(6, 1) for _ in range(5))
optimizer = torch.optim.Adam([p for m in (a, b, c, d, e) for p in m.parameters()], lr=5e-3)
bce = nn.BCELoss()
for step in range(30):
    both = torch.sigmoid(a(x)) * torch.sigmoid(b(x))
    noisy_or = 1 - torch.exp(-F.softplus(c(x)))
    probit = Normal(0.0, 1.0).cdf(d(x)).clamp(1e-6, 1 - 1e-6)
    hard = F.hardsigmoid(e(x))
    loss = bce(both.squeeze(1), y) + bce(1 - both[:, 0], 1 - y) + bce(noisy_or.view(-1), y)
    loss = loss + bce(probit.flatten(), y) + F.binary_cross_entropy(hard, y[:, None])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
