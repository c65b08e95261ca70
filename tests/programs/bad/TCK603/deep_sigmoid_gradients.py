# expect: TCK603 anywhere; also: TCK601 TCK617
# ten sigmoid layers: the gradient of the first is millions of times smaller than that of the last
import torch
import torch.nn as nn


class DeepSigmoid(nn.Module):
    def __init__(self, depth=10, width=24):
        super().__init__()
        self.inp = nn.Linear(6, width)
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.out = nn.Linear(width, 2)

    def forward(self, x):
        x = torch.sigmoid(self.inp(x))
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.out(x)


torch.manual_seed(0)
x = torch.randn(128, 6)
y = (x[:, 0] > 0).long()
net = DeepSigmoid()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(30):
    for rows in torch.randperm(128).split(32):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        opt.step()
print(loss.item())
