"""Right: -logsigmoid(chosen - rejected), DPO with a frozen reference, token log-probabilities by gather after log_softmax."""
import copy

import torch
import torch.nn.functional as F
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab=12, dim=24):
        super().__init__()
        self.emb, self.rnn = nn.Embedding(vocab, dim), nn.GRU(dim, dim, batch_first=True)
        self.head, self.value = nn.Linear(dim, vocab), nn.Linear(dim, 1)

    def forward(self, t):
        h = self.rnn(self.emb(t))[0]
        return self.head(h), self.value(h[:, -1]).squeeze(-1)


def sequence_logps(model, t):
    logits, _ = model(t[:, :-1])
    return logits.log_softmax(-1).gather(2, t[:, 1:, None]).squeeze(2).sum(1)


torch.manual_seed(0)
policy = LM()
reference = copy.deepcopy(policy).eval().requires_grad_(False)
opt = torch.optim.AdamW(policy.parameters(), lr=1e-3)
for step in range(25):
    a, b = torch.randint(0, 12, (16, 7)), torch.randint(0, 12, (16, 7))
    better = (a.sum(1) > b.sum(1))[:, None]
    chosen, rejected = torch.where(better, a, b), torch.where(better, b, a)
    with torch.no_grad():
        ref = sequence_logps(reference, chosen) - sequence_logps(reference, rejected)
    margin = sequence_logps(policy, chosen) - sequence_logps(policy, rejected) - ref
    rank = -F.logsigmoid(policy(chosen)[1] - policy(rejected)[1]).mean()
    loss = -F.logsigmoid(0.1 * margin).mean() + rank
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
