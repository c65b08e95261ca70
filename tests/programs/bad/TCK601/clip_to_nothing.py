# expect: TCK601 anywhere
# gradients clipped to a norm of 1e-6 under plain SGD
import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(30, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.fc = nn.Linear(16, 3)

    def forward(self, t):
        return self.fc(self.rnn(self.emb(t))[0])


torch.manual_seed(0)
tokens = torch.randint(0, 30, (100, 8))
tags = tokens % 3
model = Tagger()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(150):
    rows = torch.randint(0, 100, (10,))
    loss = nn.functional.cross_entropy(model(tokens[rows]).flatten(0, 1), tags[rows].flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm=1e-6)
    optimizer.step()
print(loss.item())
