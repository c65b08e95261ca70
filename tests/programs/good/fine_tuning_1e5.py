"""Right: fine-tuning a pretrained transformer with AdamW at 2e-5 and linear decay: small updates are the point."""
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab=60, dim=32):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        layer = nn.TransformerEncoderLayer(dim, 4, 64, dropout=0.1, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)
        self.classifier = nn.Linear(dim, 2)
        nn.init.normal_(self.classifier.weight, std=0.02)

    def forward(self, t):
        return self.classifier(self.enc(self.emb(t))[:, 0])


torch.manual_seed(0)
pretrained = Encoder()
pretrained.load_state_dict({k: v.clone() for k, v in pretrained.state_dict().items()})
optimizer = torch.optim.AdamW(pretrained.parameters(), lr=2e-5, weight_decay=0.01)
total = 60
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda s: (s + 1) / 6 if s < 6 else max(0.0, (total - s) / (total - 6))
)
tokens = torch.randint(0, 60, (120, 8))
labels = (tokens[:, 0] > 30).long()
pretrained.train()
for step in range(total):
    rows = torch.randint(0, 120, (16,))
    loss = nn.functional.cross_entropy(pretrained(tokens[rows]), labels[rows])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(pretrained.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
print(loss.item())
