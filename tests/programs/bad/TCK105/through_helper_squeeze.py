# crashes
import torch
import torch.nn as nn


def score(model, pairs):
    a, b = pairs
    return model(torch.cat([a, b], dim=1)).squeeze(-1)


def main():
    torch.manual_seed(0)
    ranker = nn.Sequential(nn.Linear(12, 16), nn.ELU(), nn.Linear(16, 1))
    optim = torch.optim.Adam(ranker.parameters())
    loss_fn = torch.nn.BCELoss()
    left, right = torch.randn(50, 6), torch.randn(50, 6)
    same = (left.sum(1) > right.sum(1)).float()
    for _ in range(10):
        optim.zero_grad()
        s = score(ranker, (left, right))
        loss = loss_fn(s, same)  # expect: TCK105
        loss.backward()
        optim.step()


main()
