# MLP built in a loop: the activation is applied after every layer, the last one included
import torch
from torch import nn
import torch.nn.functional as F


class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        return x


torch.manual_seed(0)
X = torch.randn(200, 12)
Y = X[:, :6].argmax(1)
mlp = MLP([12, 48, 48, 6])
opt = torch.optim.AdamW(mlp.parameters(), lr=2e-3)
for step in range(40):
    rows = torch.randint(0, 200, (50,))
    logits = mlp(X[rows])
    loss = F.cross_entropy(logits, Y[rows])  # expect: TCK106
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
