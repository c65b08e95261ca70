# expect: TCK613 anywhere; also: TCK601 TCK606
# hand-made parameters: one matrix in [0, 1000), the other near 0.01
import torch
from torch import nn
import torch.nn.functional as F


class Hand(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.rand(8, 16) * 1000)
        self.w2 = nn.Parameter(torch.randn(16, 16) * 0.1)
        self.w3 = nn.Parameter(torch.randn(16, 3) * 0.1)

    def forward(self, x):
        h = torch.sigmoid(x @ self.w1)
        h = torch.sigmoid(h @ self.w2)
        return h @ self.w3


torch.manual_seed(0)
x = torch.randn(200, 8)
y = x[:, :3].argmax(1)
model = Hand()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for i in range(120):
    rows = torch.randint(0, 200, (40,))
    loss = F.cross_entropy(model(x[rows]), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
