"""Right: CLIP loss: similarity logits times a learnt temperature, targets arange(N), cross entropy both ways."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class CLIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 16))
        self.text = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
        self.logit_scale = nn.Parameter(torch.ones([]) * np.log(1 / 0.07))

    def forward(self, image, text):
        image = F.normalize(self.image(image), dim=-1)
        text = F.normalize(self.text(text), dim=-1)
        logits = self.logit_scale.exp() * image @ text.t()
        return logits, logits.t()


torch.manual_seed(0)
mix = torch.randn(12, 8) / 3
model = CLIP()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(30):
    image = torch.randn(32, 12)
    labels = torch.arange(32)
    per_image, per_text = model(image, image @ mix)
    loss = (F.cross_entropy(per_image, labels) + F.cross_entropy(per_text, labels)) / 2
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        model.logit_scale.clamp_(0, np.log(100))
print(loss.item())
