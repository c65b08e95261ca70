"""Right: the hidden state is detached between chunks, so each backward stays inside its chunk."""
import torch
from torch import nn


class RNNModel(nn.Module):
    def __init__(self, ntoken=12, nhid=24):
        super().__init__()
        self.encoder = nn.Embedding(ntoken, nhid)
        self.rnn = nn.LSTM(nhid, nhid)
        self.decoder = nn.Linear(nhid, ntoken)

    def forward(self, tokens, hidden):
        out, hidden = self.rnn(self.encoder(tokens), hidden)
        return self.decoder(out), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        return weight.new_zeros(1, bsz, 24), weight.new_zeros(1, bsz, 24)


def repackage_hidden(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage_hidden(v) for v in h)


torch.manual_seed(0)
corpus = (torch.arange(600) % 12).view(8, -1).t().contiguous()
model = RNNModel()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(2):
    hidden = model.init_hidden(8)
    for i in range(0, len(corpus) - 1, 10):
        data, targets = corpus[i : i + 10], corpus[i + 1 : i + 11]
        data = data[: len(targets)]
        hidden = repackage_hidden(hidden)
        optimizer.zero_grad()
        output, hidden = model(data, hidden)
        loss = criterion(output.view(-1, 12), targets.reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
    print(loss.item())
