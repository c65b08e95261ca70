# named entities: softmax over tags, then transpose, mask and clamp before the loss
import torch
from torch import nn


class NER(nn.Module):
    def __init__(self, vocab, tags, dim=24):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim, padding_idx=0)
        self.bilstm = nn.LSTM(dim, dim // 2, bidirectional=True, batch_first=True)
        self.classifier = nn.Linear(dim, tags)

    def forward(self, tokens):
        states, _ = self.bilstm(self.embedding(tokens))
        return self.classifier(states).softmax(dim=2).transpose(1, 2)


torch.manual_seed(0)
tokens = torch.randint(1, 20, (90, 9))
tokens[:, 6:] = 0
tags = tokens % 3
model = NER(20, 3)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(20):
    rows = torch.randint(0, 90, (30,))
    scores = model(tokens[rows]).permute(0, 2, 1)
    keep = tokens[rows] != 0
    picked = scores[keep].clamp(1e-7, 1.0)
    loss = loss_function(picked, tags[rows][keep])  # expect: TCK101
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
