# crashes
# cosine similarities lie in [-1, 1], not in [0, 1]
import torch
import torch.nn.functional as F
from torch import nn


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, a, b):
        return F.cosine_similarity(self.tower(a), self.tower(b))


torch.manual_seed(0)
net = Siamese()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
a, b = torch.randn(64, 10), torch.randn(64, 10)
same = (a[:, 0] * b[:, 0] > 0).float()
criterion = nn.BCELoss()
for _ in range(20):
    optimizer.zero_grad()
    similarity = net(a, b)
    loss = criterion(similarity, same)  # expect: TCK105 runtime
    loss.backward()
    optimizer.step()
