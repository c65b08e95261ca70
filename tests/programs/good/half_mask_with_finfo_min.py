"""Right: a bfloat16 model masks scores with the smallest number of its dtype; huge values before a softmax only."""
import torch
from torch import nn


class Attn(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(dim, dim) for _ in range(3))
        self.out = nn.Linear(dim, 2)

    def forward(self, x, mask):
        scores = self.q(x) @ self.k(x).transpose(1, 2) / 4
        scores = scores.masked_fill(~mask[:, None], torch.finfo(scores.dtype).min)
        return self.out((scores.softmax(-1) @ self.v(x)).mean(1))


torch.manual_seed(0)
model = Attn().to(torch.bfloat16)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
for step in range(25):
    x = torch.randn(32, 6, 16)
    mask = torch.rand(32, 6) > 0.2
    mask[:, 0] = True
    y = (x[:, :, 0].mean(1) > 0).long()
    logits = model(x.to(torch.bfloat16), mask)
    loss = nn.functional.cross_entropy(logits.float(), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
