# expect: TCK404 anywhere; also: TCK607
# the well-known -1e9 mask in a half model: it becomes -inf, and a row that is all masked becomes NaN
import torch
from torch import nn


class Attn(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.q, self.k = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.out = nn.Linear(dim, 2)

    def forward(self, x, mask):
        scores = self.q(x) @ self.k(x).transpose(1, 2) / 3
        bias = (1.0 - mask.float()) * -1e9
        scores = scores + bias[:, None].half()
        return self.out((scores.softmax(-1) @ x).mean(1)).float()


torch.manual_seed(0)
model = Attn().half()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for step in range(5):
    x = torch.randn(8, 4, 8).half()
    mask = torch.rand(8, 4) > 0.3
    mask[3] = False
    y = (x[:, 0, 0] > 0).long()
    loss = nn.functional.cross_entropy(model(x, mask), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
