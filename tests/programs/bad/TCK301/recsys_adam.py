import torch
import torch.nn as nn


class MatrixFactorization(nn.Module):
    def __init__(self, n_users, n_items, k=8):
        super().__init__()
        self.u = nn.Embedding(n_users, k)
        self.v = nn.Embedding(n_items, k)

    def forward(self, users, items):
        return (self.u(users) * self.v(items)).sum(1)


torch.manual_seed(0)
model = MatrixFactorization(20, 25)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-5)  # expect: TCK301
users, items = torch.randint(0, 20, (400,)), torch.randint(0, 25, (400,))
ratings = torch.randn(400)
for epoch in range(3):
    for rows in torch.randperm(400).split(100):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(users[rows], items[rows]), ratings[rows])
        loss.backward()
        optimizer.step()
    print(loss.item())
