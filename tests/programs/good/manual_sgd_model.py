"""Right: no optimizer at all: the word-language-model idiom with clipping and a hand-written update."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Embedding(10, 16), nn.Flatten(), nn.Linear(48, 10))
criterion = nn.CrossEntropyLoss()
tokens = torch.randint(0, 10, (200, 3))
target = tokens[:, 0]
lr = 0.5
for epoch in range(4):
    model.train()
    for rows in torch.randperm(200).split(20):
        model.zero_grad()
        output = model(tokens[rows])
        loss = criterion(output, target[rows])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        with torch.no_grad():
            for p in model.parameters():
                p.add_(p.grad, alpha=-lr)
print(loss.item())
