import torch
import torch.nn.functional as F
from torch import nn, optim


class Sentiment(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.bag = nn.EmbeddingBag(vocab, dim)
        self.dense = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, 1)

    def forward(self, ids):
        h = self.dense(self.bag(ids)).tanh()
        return self.out(h).tanh().squeeze(1)


torch.manual_seed(9)
ids = torch.randint(0, 40, (128, 9))
pos = (ids[:, 0] < 20).float()
net = Sentiment(40, 16)
opt = optim.Adam(net.parameters(), 5e-3)
for it in range(25):
    batch = torch.randint(0, 128, (32,))
    out = net(ids[batch])
    loss = F.binary_cross_entropy_with_logits(out, pos[batch])  # expect: TCK106
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
