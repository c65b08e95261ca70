import torch
import torch.nn.functional as F
from torch import nn


class EdgePredictor(nn.Module):
    def __init__(self, nodes, dim):
        super().__init__()
        self.emb = nn.Embedding(nodes, dim)

    def forward(self, edges):
        a, b = self.emb(edges).unbind(1)
        return dict(score=torch.special.expit((a * b).sum(-1)), norm=a.norm(dim=-1).mean())


def train(model, edges, labels, epochs):
    opt = torch.optim.Adam(params=model.parameters(), lr=1e-2)
    for _ in range(epochs):
        model.train()
        out = model(edges)
        loss = F.binary_cross_entropy_with_logits(input=out["score"], target=labels)  # expect: TCK104
        loss = loss + 1e-3 * out["norm"]
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss.item()


torch.manual_seed(0)
edges = torch.randint(0, 30, (200, 2))
print(train(EdgePredictor(30, 8), edges, ((edges[:, 0] + edges[:, 1]) % 2).float(), 20))
