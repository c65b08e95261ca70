# expect: TCK602 anywhere; also: TCK613
import torch
import torch.nn as nn


class TinyGPT(nn.Module):
    def __init__(self, vocab=20, dim=24):
        super().__init__()
        self.tok = nn.Embedding(vocab, dim)
        self.pos = nn.Parameter(torch.randn(12, dim) * 0.02)
        self.block = nn.TransformerEncoderLayer(dim, 4, 48, dropout=0.0, batch_first=True, norm_first=True)
        self.head = nn.Linear(dim, vocab)

    def forward(self, idx):
        mask = nn.Transformer.generate_square_subsequent_mask(idx.size(1))
        return self.head(self.block(self.tok(idx) + self.pos, src_mask=mask, is_causal=True))


torch.manual_seed(0)
model = TinyGPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.3)
for step in range(60):
    moves = torch.randint(1, 4, (16, 13))
    seq = moves.cumsum(1) % 20
    logits = model(seq[:, :-1])
    loss = nn.functional.cross_entropy(logits.reshape(-1, 20), seq[:, 1:].reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(loss.item())
