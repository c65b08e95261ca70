# lens: runtime
# cleared only on the first batch ever; the condition is a run-time fact
import torch
from torch import nn

torch.manual_seed(0)
rnn = nn.LSTM(5, 16, batch_first=True)
head = nn.Linear(16, 5)
params = list(rnn.parameters()) + list(head.parameters())
optimizer = torch.optim.SGD(params, lr=5e-3)
seq = torch.randn(60, 9, 5)
state = {"fresh": True}
for step in range(15):
    rows = torch.randint(0, 60, (12,))
    if state.pop("fresh", False):
        optimizer.zero_grad()
    out, _ = rnn(seq[rows, :-1])
    loss = nn.functional.mse_loss(head(out), seq[rows, 1:])
    loss.backward()  # expect: TCK201
    optimizer.step()
print(loss.item())
