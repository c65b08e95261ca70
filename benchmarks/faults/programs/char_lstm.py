"""A recurrent network predicts the next letter; clipped gradients, hidden state cut between windows."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
text = "the quick brown fox jumps over the lazy dog and runs away from the big bad wolf. " * 30
letters = sorted(set(text))
ids = torch.tensor([letters.index(letter) for letter in text])
rows = ids[: len(ids) // 8 * 8].view(8, -1)


class Model(nn.Module):
    def __init__(self, size, width=48):
        super().__init__()
        self.embed = nn.Embedding(size, width)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.head = nn.Linear(width, size)

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x), state)
        return self.head(h), state


model = Model(len(letters))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(4):
    state = None
    total_loss = 0.0
    windows = range(0, rows.shape[1] - 21, 20)
    for start in windows:
        x, y = rows[:, start : start + 20], rows[:, start + 1 : start + 21]
        optimizer.zero_grad()
        output, state = model(x, state)
        state = tuple(part.detach() for part in state)
        loss = F.cross_entropy(output.reshape(-1, len(letters)), y.reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total_loss += loss.item()
    print(epoch, total_loss / len(windows))
