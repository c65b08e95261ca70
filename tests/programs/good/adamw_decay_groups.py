"""Right: AdamW with decay on matrices and none on biases and norms; AdamW is a subclass of Adam in torch."""
import torch
from torch import nn


def configure_optimizers(model, weight_decay, learning_rate, betas):
    param_dict = {pn: p for pn, p in model.named_parameters() if p.requires_grad}
    optim_groups = [
        {"params": [p for p in param_dict.values() if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in param_dict.values() if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(optim_groups, lr=learning_rate, betas=betas)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.LayerNorm(24), nn.GELU(), nn.Linear(24, 2))
optimizer = configure_optimizers(model, 0.1, 2e-3, (0.9, 0.95))
x = torch.randn(120, 6)
y = (x.sum(1) > 0).long()
for step in range(40):
    rows = torch.randint(0, 120, (30,))
    optimizer.zero_grad(set_to_none=True)
    nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
    optimizer.step()
