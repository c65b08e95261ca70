"""Right: input embedding and output projection share one tensor on purpose; it gets gradients from both sides."""
import torch
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab=14, dim=24):
        super().__init__()
        self.wte = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        nn.init.normal_(self.lm_head.weight, std=0.1)
        self.wte.weight = self.lm_head.weight

    def forward(self, idx):
        return self.lm_head(self.rnn(self.wte(idx))[0])


torch.manual_seed(0)
model = LM()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
for step in range(30):
    start = torch.randint(0, 14, (16, 1))
    seq = (start + torch.arange(9)) % 14
    logits = model(seq[:, :-1])
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), seq[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
