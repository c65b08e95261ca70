"""Right: two losses of one trunk, summed, one backward; class and box heads take different losses."""
import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(16, 48), nn.ReLU())
        self.cls = nn.Linear(48, 3)
        self.box = nn.Sequential(nn.Linear(48, 4), nn.Sigmoid())

    def forward(self, x):
        h = self.trunk(x)
        return {"logits": self.cls(h), "boxes": self.box(h)}


torch.manual_seed(0)
x = torch.rand(160, 16)
labels, boxes = x[:, :3].argmax(1), x[:, 4:8]
model = Detector()
opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
for step in range(40):
    rows = torch.randint(0, 160, (40,))
    out = model(x[rows])
    losses = {
        "loss_cls": nn.functional.cross_entropy(out["logits"], labels[rows]),
        "loss_box": 5 * nn.functional.l1_loss(out["boxes"], boxes[rows]),
    }
    loss = sum(losses.values())
    opt.zero_grad()
    loss.backward()
    opt.step()
print({k: round(v.item(), 3) for k, v in losses.items()})
