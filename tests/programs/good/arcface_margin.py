"""Right: a margin head of its own with parameters in the optimizer: cosines, clamped, times a scale, are the logits."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class ArcMarginProduct(nn.Module):
    def __init__(self, in_features, out_features, s=16.0, m=0.2):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        nn.init.xavier_uniform_(self.weight)
        self.s, self.m = s, m

    def forward(self, x, label):
        cosine = F.linear(F.normalize(x), F.normalize(self.weight)).clamp(-1 + 1e-6, 1 - 1e-6)
        sine = torch.sqrt(1.0 - cosine.pow(2))
        phi = cosine * math.cos(self.m) - sine * math.sin(self.m)
        one_hot = torch.zeros_like(cosine).scatter_(1, label.view(-1, 1), 1)
        return ((one_hot * phi) + ((1.0 - one_hot) * cosine)) * self.s


torch.manual_seed(0)
centres = torch.randn(6, 10)
net, metric_fc = nn.Sequential(nn.Linear(10, 32), nn.PReLU(), nn.Linear(32, 16)), ArcMarginProduct(16, 6)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(
    [{"params": net.parameters()}, {"params": metric_fc.parameters()}], lr=0.02, momentum=0.9, weight_decay=5e-4
)
for step in range(40):
    label = torch.randint(0, 6, (48,))
    output = metric_fc(net(centres[label] + 0.3 * torch.randn(48, 10)), label)
    loss = criterion(output, label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
