"""Right: few-shot: negative squared distances are the logits; broadcasting builds the distance matrix."""
import torch
import torch.nn.functional as F
from torch import nn


def euclidean_dist(x, y):
    return torch.pow(x.unsqueeze(1) - y.unsqueeze(0), 2).sum(2)


torch.manual_seed(0)
centres = torch.randn(12, 16)
model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for episode in range(25):
    classes = torch.randperm(12)[:5]
    support = centres[classes].repeat_interleave(3, 0) + 0.4 * torch.randn(15, 16)
    query_y = torch.randint(0, 5, (20,))
    query = centres[classes][query_y] + 0.4 * torch.randn(20, 16)
    prototypes = model(support).view(5, 3, -1).mean(1)
    dists = euclidean_dist(model(query), prototypes)
    log_p_y = F.log_softmax(-dists, dim=1)
    loss = -log_p_y.gather(1, query_y[:, None]).squeeze().mean() + 0.0 * F.cross_entropy(-dists, query_y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
