# a generic MLP helper whose default activation also follows the output layer
import torch
from torch import nn


def mlp(sizes, activation=nn.GELU, output_activation=None):
    output_activation = output_activation or activation
    layers = []
    for j in range(len(sizes) - 1):
        act = activation if j < len(sizes) - 2 else output_activation
        layers += [nn.Linear(sizes[j], sizes[j + 1]), act()]
    return nn.Sequential(*layers)


torch.manual_seed(0)
classifier = mlp([9, 32, 32, 4])
opt = torch.optim.Adam(classifier.parameters(), lr=2e-3)
x = torch.randn(160, 9)
y = x[:, :4].argmax(1)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(5):
    for rows in torch.randperm(160).split(40):
        loss = loss_fn(classifier(x[rows]), y[rows])  # expect: TCK106 runtime
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
