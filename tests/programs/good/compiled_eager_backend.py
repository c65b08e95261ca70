"""Right: torch.compile with the eager backend, an attention softmax and a loss that takes logits."""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(6, 16)
        self.gate = nn.Linear(16, 4)
        self.experts = nn.ModuleList(nn.Linear(16, 3) for _ in range(4))

    def forward(self, x):
        h = torch.relu(self.inp(x))
        g = self.gate(h).softmax(-1)
        out = torch.stack([e(h) for e in self.experts], dim=1)
        return (g.unsqueeze(-1) * out).sum(1)


torch.manual_seed(0)
model = Net()
compiled = torch.compile(model, backend="eager")
opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
x = torch.randn(100, 6)
y = x[:, :3].argmax(1)
for step in range(15):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(compiled(x), y)
    loss.backward()
    opt.step()
print(loss.item())
