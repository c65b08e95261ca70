import torch
import torch.nn.functional as F
from torch import nn


class GCN(nn.Module):
    def __init__(self, cin, hidden):
        super().__init__()
        self.w1, self.w2 = nn.Linear(cin, hidden), nn.Linear(hidden, 1)

    def forward(self, x, adj):
        x = F.relu(adj @ self.w1(x))
        return adj @ self.w2(x)


torch.manual_seed(0)
adj = (torch.rand(50, 50) < 0.1).float() + torch.eye(50)
adj = adj / adj.sum(1, keepdim=True)
x = torch.randn(50, 6)
target = (adj @ x).sum(dim=1)
train_mask = torch.arange(50) < 35
model = GCN(6, 16)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(30):
    model.train()
    optimizer.zero_grad()
    out = model(x, adj)
    loss = F.l1_loss(out[train_mask], target[train_mask])  # expect: TCK108
    loss.backward()
    optimizer.step()
print(loss.item())
