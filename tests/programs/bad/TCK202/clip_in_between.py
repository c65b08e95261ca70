import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import clip_grad_norm_


class Seq2One(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 16)
        self.gru = nn.GRU(16, 16, batch_first=True)
        self.fc = nn.Linear(16, 2)

    def forward(self, t):
        _, h = self.gru(self.emb(t))
        return self.fc(h[-1])


def train_epoch(model, batches, optimizer, clip):
    model.train()
    for tokens, label in batches:
        loss = F.cross_entropy(model(tokens), label)
        loss.backward()
        clip_grad_norm_(model.parameters(), clip)
        for p in model.parameters():
            p.grad = None  # expect: TCK202 static
        optimizer.step()  # expect: TCK202 runtime
    return loss.item()


torch.manual_seed(0)
model = Seq2One()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
tokens = torch.randint(0, 20, (80, 6))
labels = (tokens[:, 0] > 10).long()
for epoch in range(3):
    batches = [(tokens[i], labels[i]) for i in torch.randperm(80).split(16)]
    print(train_epoch(model, batches, optimizer, 1.0))
