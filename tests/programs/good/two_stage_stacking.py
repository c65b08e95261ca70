"""Right: probabilities of a first, frozen model are features of a second one, whose logits go into cross entropy."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 6)
y = x[:, :3].argmax(1)
first = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 4), nn.Softmax(dim=1))
second = nn.Sequential(nn.Linear(6 + 4, 24), nn.ReLU(), nn.Linear(24, 3))
joint = nn.Linear(4, 3)
optimizer = torch.optim.Adam([*second.parameters(), *first.parameters(), *joint.parameters()], lr=3e-3)
for step in range(40):
    rows = torch.randint(0, 200, (50,))
    probs = first(x[rows])
    logits = second(torch.cat([x[rows], probs], dim=1))
    loss = F.cross_entropy(logits, y[rows]) + 0.3 * F.cross_entropy(joint(probs), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
