# char-level language model, GRU
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1337)
text = "the quick brown fox jumps over the lazy dog. " * 30
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in text])
vocab, hidden, block = len(chars), 48, 24


class CharRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(vocab, hidden)
        self.rnn = nn.GRU(hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, idx, h=None):
        x, h = self.rnn(self.emb(idx), h)
        return self.out(x).softmax(-1), h


model = CharRNN()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for it in range(40):
    starts = torch.randint(0, len(data) - block - 1, (16,))
    xb = torch.stack([data[s:s + block] for s in starts])
    yb = torch.stack([data[s + 1:s + block + 1] for s in starts])
    opt.zero_grad()
    probs, _ = model(xb)
    loss = F.cross_entropy(probs.view(-1, vocab), yb.view(-1))  # expect: TCK101
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
print(loss.item())
