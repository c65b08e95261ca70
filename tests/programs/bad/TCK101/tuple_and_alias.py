import torch as t
import torch.nn.functional as fn


class TwoHeads(t.nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = t.nn.Linear(6, 24)
        self.value = t.nn.Linear(24, 1)
        self.klass = t.nn.Linear(24, 3)

    def forward(self, x):
        h = fn.relu(self.trunk(x))
        v = self.value(h).squeeze(-1)
        c = self.klass(h)
        c = t.softmax(c, dim=1)
        return v, c


t.manual_seed(5)
x = t.randn(128, 6)
score = x.sum(1)
label = (score > 0).long() + (score > 2).long()
net = TwoHeads()
adam = t.optim.Adam(net.parameters(), 1e-2)

for i in range(30):
    value, klass = net(x)
    mse = fn.mse_loss(value, score)
    xent = fn.cross_entropy(klass, label)  # expect: TCK101
    adam.zero_grad()
    (mse + xent).backward()
    adam.step()
    if i % 10 == 0:
        print(f"{mse:.3f} {xent:.3f}")
