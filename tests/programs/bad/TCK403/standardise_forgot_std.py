# expect: TCK403 anywhere; also: TCK613 TCK602
# centred, but never divided by the deviation of about 4000
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
raw = torch.randn(200, 5) * 4000 + 20000
mean = raw.mean(0)
x = raw - mean
y = (x[:, 0] > 0).long()


def forward(params, x):
    w1, b1, w2, b2 = params
    return F.linear(F.relu(F.linear(x, w1, b1)), w2, b2)


first, last = nn.Linear(5, 16), nn.Linear(16, 2)
params = [first.weight, first.bias, last.weight, last.bias]
optimizer = torch.optim.Adam(params, lr=1e-3)
for step in range(25):
    rows = torch.randint(0, 200, (50,))
    loss = F.cross_entropy(forward(params, x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
