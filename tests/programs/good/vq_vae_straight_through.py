"""Right: vector quantisation: pairwise distances by broadcasting, detach on each side, a straight-through estimator."""
import torch
import torch.nn.functional as F
from torch import nn


class VectorQuantizer(nn.Module):
    def __init__(self, n=16, dim=8, beta=0.25):
        super().__init__()
        self.embedding = nn.Embedding(n, dim)
        self.embedding.weight.data.uniform_(-0.5, 0.5)
        self.beta = beta

    def forward(self, z):
        dist = ((z[:, None] - self.embedding.weight[None]) ** 2).sum(-1)
        quantized = self.embedding(dist.argmin(1))
        loss = F.mse_loss(quantized, z.detach()) + self.beta * F.mse_loss(quantized.detach(), z)
        return z + (quantized - z).detach(), loss


torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 8))
decoder = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 10))
quantizer = VectorQuantizer()
model = nn.ModuleList([encoder, quantizer, decoder])
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
x = torch.randn(200, 10)
for step in range(40):
    rows = torch.randint(0, 200, (64,))
    quantized, vq_loss = quantizer(encoder(x[rows]))
    loss = F.mse_loss(decoder(quantized), x[rows]) + vq_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
