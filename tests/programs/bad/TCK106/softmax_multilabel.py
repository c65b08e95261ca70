# multi-label targets, and yet a softmax in front of the with-logits loss
import torch
import torch.nn as nn


class TagNet(nn.Module):
    def __init__(self, n_tags):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, n_tags))

    def forward(self, x):
        return torch.softmax(self.body(x), dim=1)


torch.manual_seed(0)
x = torch.randn(128, 10)
tags = (x[:, :4] > 0.5).float()
model = TagNet(4)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(4):
    for rows in torch.randperm(128).split(32):
        optimizer.zero_grad()
        loss = loss_fn(model(x[rows]), tags[rows])  # expect: TCK106
        loss.backward()
        optimizer.step()
    print(loss.item())
