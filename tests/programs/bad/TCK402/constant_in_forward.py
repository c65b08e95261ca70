# crashes
# expect: TCK402 anywhere
# a tensor attribute that is no buffer stays behind when the model moves
import torch
from torch import nn


class PositionalModel(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.proj = nn.Linear(d, d)
        self.pos = torch.sin(torch.arange(n).float()).unsqueeze(1) * torch.ones(d)
        self.out = nn.Linear(d, 1)

    def forward(self, x):
        x = self.proj(x)
        x = x + self.pos
        return self.out(x).mean(1)


torch.manual_seed(0)
model = PositionalModel(5, 8).to("meta")
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
x, y = torch.randn(16, 5, 8, device="meta"), torch.randn(16, 1, device="meta")
for _ in range(3):
    loss = nn.functional.mse_loss(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
