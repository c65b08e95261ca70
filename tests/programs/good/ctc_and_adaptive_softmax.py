"""Right: CTCLoss wants log-probabilities; an adaptive softmax has its loss inside; a normalised distribution feeds NLL."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
rnn, fc = nn.GRU(6, 24, batch_first=True), nn.Linear(24, 5)
adaptive = nn.AdaptiveLogSoftmaxWithLoss(24, 40, cutoffs=[10, 20])
plain = nn.Linear(24, 4)
params = [*rnn.parameters(), *fc.parameters(), *adaptive.parameters(), *plain.parameters()]
optimizer = torch.optim.Adam(params, lr=3e-3)
ctc = nn.CTCLoss(blank=0, zero_infinity=True)
for step in range(15):
    x = torch.randn(8, 12, 6)
    states, _ = rnn(x)
    log_probs = F.log_softmax(fc(states), dim=-1).transpose(0, 1)
    targets = torch.randint(1, 5, (8, 4))
    loss = ctc(log_probs, targets, torch.full((8,), 12), torch.full((8,), 4))
    loss = loss + adaptive(states[:, -1], torch.randint(0, 40, (8,))).loss
    dist = torch.distributions.Categorical(logits=plain(states[:, 0]))
    loss = loss + F.nll_loss(dist.logits, x[:, 0, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
