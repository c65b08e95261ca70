"""Right: inverse sigmoids before BCE-with-logits, two-class log-probabilities from logsigmoid, tanh over a temperature."""
import torch
import torch.nn.functional as F
from torch import nn


def inverse_sigmoid(p, eps=1e-5):
    p = p.clamp(min=eps, max=1 - eps)
    return torch.log(p / (1 - p))


torch.manual_seed(0)
x = torch.randn(120, 6)
y = (x[:, 0] > 0).float()
labels = x[:, :3].argmax(1)
boxes, refine, binary, classes, metric = nn.Linear(6, 1), nn.Linear(6, 1), nn.Linear(6, 1), nn.Linear(6, 3), nn.Linear(6, 4)
modules = nn.ModuleList([boxes, refine, binary, classes, metric])
optimizer = torch.optim.Adam(modules.parameters(), lr=5e-3)
for step in range(30):
    reference = torch.sigmoid(boxes(x))
    refined = refine(x) + inverse_sigmoid(reference)
    loss = F.binary_cross_entropy_with_logits(refined.squeeze(1), y)
    loss = loss + F.binary_cross_entropy_with_logits(torch.logit(reference, eps=1e-5).squeeze(1), y)
    z = binary(x).squeeze(1)
    log_probs = torch.stack([F.logsigmoid(-z), F.logsigmoid(z)], dim=1)
    loss = loss + F.nll_loss(log_probs, y.long())
    loss = loss + F.cross_entropy(torch.tanh(classes(x)) / 0.1, labels)
    distance = F.relu(metric(x)).sum(1)
    loss = loss + F.binary_cross_entropy_with_logits(2.0 - distance, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
