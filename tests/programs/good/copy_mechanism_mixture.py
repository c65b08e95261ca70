"""Right: pointer-generator: two softmaxes are mixed, then the log goes to NLL; a hand-written sigmoid goes to BCE."""
import torch
import torch.nn.functional as F
from torch import nn


class PointerGenerator(nn.Module):
    def __init__(self, vocab=12, dim=24):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.vocab_proj, self.attn, self.p_gen = nn.Linear(dim, vocab), nn.Linear(dim, dim), nn.Linear(dim, 1)

    def forward(self, src):
        h = self.emb(src)
        state = h.mean(1)
        attn = F.softmax((self.attn(h) @ state.unsqueeze(-1)).squeeze(-1), dim=-1)
        p_gen = 1 / (1 + torch.exp(-self.p_gen(state)))
        vocab_dist = p_gen * F.softmax(self.vocab_proj(state), dim=-1)
        final = vocab_dist.scatter_add(1, src, (1 - p_gen) * attn)
        return torch.log(final + 1e-12), p_gen


torch.manual_seed(0)
model = PointerGenerator()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(40):
    src = torch.randint(0, 12, (32, 6))
    log_probs, p_gen = model(src)
    loss = F.nll_loss(log_probs, src.amax(1)) + 0.1 * F.binary_cross_entropy(p_gen, (src[:, :1] > 5).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
