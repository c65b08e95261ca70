import torch
import torch.nn as nn
import torch.nn.functional as F


class NCF(nn.Module):
    def __init__(self, users, items, dim=8):
        super().__init__()
        self.user = nn.Embedding(users, dim)
        self.item = nn.Embedding(items, dim)
        self.mlp = nn.Sequential(nn.Linear(2 * dim, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, u, i):
        vec = torch.cat((self.user(u), self.item(i)), dim=-1)
        out = self.mlp(vec).view(-1)
        return torch.sigmoid(out)

    def calc_loss(self, u, i, r):
        pred = self.forward(u, i)
        return F.binary_cross_entropy_with_logits(pred, r)  # expect: TCK104


def train(model, users, items, ratings, epochs=5):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(epochs):
        model.train()
        for rows in torch.randperm(len(users)).split(64):
            optimizer.zero_grad()
            loss = model.calc_loss(users[rows], items[rows], ratings[rows])
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch} loss {loss.item():.4f}")


torch.manual_seed(0)
u, i = torch.randint(0, 20, (256,)), torch.randint(0, 30, (256,))
train(NCF(20, 30), u, i, ((u + i) % 2).float())
