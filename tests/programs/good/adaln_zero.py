"""Right: adaLN-zero: modulation and output layers start at zero, each block is the identity at first."""
import torch
from torch import nn


class DiTBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim, elementwise_affine=False)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(dim, 3 * dim))
        nn.init.zeros_(self.adaLN_modulation[-1].weight)
        nn.init.zeros_(self.adaLN_modulation[-1].bias)

    def forward(self, x, c):
        shift, scale, gate = self.adaLN_modulation(c).chunk(3, dim=1)
        return x + gate * self.mlp(self.norm(x) * (1 + scale) + shift)


class DiT(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.embed, self.time = nn.Linear(2, dim), nn.Linear(1, dim)
        self.blocks = nn.ModuleList([DiTBlock(dim) for _ in range(2)])
        self.final = nn.Linear(dim, 2)
        nn.init.zeros_(self.final.weight)
        nn.init.zeros_(self.final.bias)

    def forward(self, x, t):
        c = self.time(t)
        x = self.embed(x)
        for block in self.blocks:
            x = block(x, c)
        return self.final(x)


torch.manual_seed(0)
model = DiT()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0)
for step in range(50):
    data = torch.randn(64, 2) * 0.2 + torch.tensor([1.0, -1.0])
    noise, t = torch.randn(64, 2), torch.rand(64, 1)
    loss = ((model((1 - t) * data + t * noise, t) - (noise - data)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
