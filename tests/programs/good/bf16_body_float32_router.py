"""Right: bfloat16 experts with a float32 router and float32 norm, cast explicitly where they meet."""
import torch
from torch import nn


class MoE(nn.Module):
    def __init__(self, dim=16, experts=3):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.experts = nn.ModuleList(nn.Linear(dim, 2) for _ in range(experts)).to(torch.bfloat16)
        self.router = nn.Linear(dim, experts)

    def forward(self, x):
        h = self.norm(x)
        gates = self.router(h).softmax(-1)
        outs = torch.stack([e(h.to(torch.bfloat16)).float() for e in self.experts], 1)
        return (gates.unsqueeze(-1) * outs).sum(1)


torch.manual_seed(0)
model = MoE()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
x = torch.randn(120, 16)
y = (x[:, 0] > 0).long()
for step in range(30):
    rows = torch.randint(0, 120, (40,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
