"""Right: word2vec: output vectors start at zero, inputs in +-0.5/d; loss by logsigmoid; sparse gradients."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class SkipGram(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.u = nn.Embedding(vocab, dim, sparse=True)
        self.v = nn.Embedding(vocab, dim, sparse=True)
        nn.init.uniform_(self.u.weight, -0.5 / dim, 0.5 / dim)
        nn.init.zeros_(self.v.weight)

    def forward(self, pos_u, pos_v, neg_v):
        emb_u, emb_v = self.u(pos_u), self.v(pos_v)
        score = F.logsigmoid((emb_u * emb_v).sum(1))
        neg = F.logsigmoid(-torch.bmm(self.v(neg_v), emb_u.unsqueeze(2)).squeeze(2)).sum(1)
        return -(score + neg).mean()


torch.manual_seed(0)
model = SkipGram(60, 16)
optimizer = torch.optim.SparseAdam(list(model.parameters()), lr=5e-3)
for step in range(120):
    u = torch.randint(0, 60, (64,))
    v = (u + torch.randint(-2, 3, (64,))) % 60
    loss = model(u, v, torch.randint(0, 60, (64, 4)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
