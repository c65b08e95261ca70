"""Right: softmax gives attention weights inside the model; the loss gets logits."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in self.qkv(x).chunk(3, dim=-1))
        att = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
        att = F.softmax(att, dim=-1)
        y = (att @ v).transpose(1, 2).contiguous().view(B, T, C)
        return self.proj(y)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(12, 16)
        self.attn = SelfAttention(16, 2)
        self.pool = nn.Linear(16, 1)
        self.head = nn.Linear(16, 3)

    def forward(self, tokens):
        x = self.emb(tokens)
        x = x + self.attn(x)
        weights = torch.softmax(self.pool(x), dim=1)
        return self.head((weights * x).sum(dim=1))


torch.manual_seed(0)
tokens = torch.randint(0, 12, (120, 6))
labels = tokens[:, 0] % 3
model = Classifier()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(30):
    rows = torch.randint(0, 120, (40,))
    loss = nn.CrossEntropyLoss()(model(tokens[rows]), labels[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
