"""Right: the inner loop makes one update of several backward passes; clearing comes after the step."""
import torch
from torch import nn

torch.manual_seed(0)
vocab, block = 16, 12
stream = torch.cat([torch.arange(vocab)] * 60)


def get_batch(size=8):
    ix = torch.randint(0, len(stream) - block - 1, (size,))
    return torch.stack([stream[i : i + block] for i in ix]), torch.stack([stream[i + 1 : i + block + 1] for i in ix])


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(vocab, 32)
        self.attn = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True, norm_first=True)
        self.lm_head = nn.Linear(32, vocab, bias=False)

    def forward(self, idx, targets=None):
        mask = nn.Transformer.generate_square_subsequent_mask(idx.size(1))
        logits = self.lm_head(self.attn(self.wte(idx), src_mask=mask, is_causal=True))
        loss = None
        if targets is not None:
            loss = nn.functional.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss


model = GPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
gradient_accumulation_steps = 2
X, Y = get_batch()
for iter_num in range(20):
    for micro_step in range(gradient_accumulation_steps):
        logits, loss = model(X, Y)
        loss = loss / gradient_accumulation_steps
        X, Y = get_batch()
        loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
print(loss.item() * gradient_accumulation_steps)
