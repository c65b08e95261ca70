# expect: TCK613 anywhere; also: TCK601 TCK602
# the embedding was drawn with the vocabulary size as its deviation
import torch
from torch import nn


class Bag(nn.Module):
    def __init__(self, vocab=10_000, dim=16):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        nn.init.normal_(self.emb.weight, std=vocab)
        self.norm = nn.LayerNorm(dim)
        self.hidden = nn.Linear(dim, 32)
        self.fc = nn.Linear(32, 2)

    def forward(self, t):
        return self.fc(torch.relu(self.hidden(self.norm(self.emb(t).mean(1)))))


torch.manual_seed(0)
tokens = torch.randint(0, 10_000, (200, 6))
labels = (tokens[:, 0] > 5000).long()
model = Bag()
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(120):
    rows = torch.randint(0, 200, (40,))
    loss = nn.functional.cross_entropy(model(tokens[rows]), labels[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
