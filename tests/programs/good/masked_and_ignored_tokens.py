"""Right: padded sequences: ignore_index, a boolean selection, and a mean over a mask of unreduced losses."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
PAD = 0
tokens = torch.randint(1, 15, (80, 10))
lengths = torch.randint(4, 11, (80,))
tokens = tokens.masked_fill(torch.arange(10) >= lengths[:, None], PAD)
emb, rnn, out = nn.Embedding(15, 24, padding_idx=PAD), nn.GRU(24, 24, batch_first=True), nn.Linear(24, 15)
model = nn.ModuleList([emb, rnn, out])
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(20):
    rows = torch.randint(0, 80, (20,))
    x, y = tokens[rows, :-1], tokens[rows, 1:]
    logits = out(rnn(emb(x))[0])
    ignored = F.cross_entropy(logits.reshape(-1, 15), y.reshape(-1), ignore_index=PAD)
    mask = y != PAD
    chosen = F.cross_entropy(logits[mask], y[mask])
    each = F.cross_entropy(logits.transpose(1, 2), y, reduction="none")
    masked = (each * mask).sum() / mask.sum()
    loss = (ignored + chosen + masked) / 3
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
