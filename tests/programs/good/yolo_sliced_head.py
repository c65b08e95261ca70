"""Right: one head, sliced: sigmoid on the box part for a squared error, raw values of the rest for with-logits losses."""
import torch
import torch.nn.functional as F
from torch import nn


class Detector(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(3, 16, 4, stride=4), nn.SiLU(), nn.Conv2d(16, 5 + classes, 1))

    def forward(self, x):
        p = self.conv(x).permute(0, 2, 3, 1)
        if not self.training:
            p = p.clone()
            p[..., :5] = p[..., :5].sigmoid()
            p[..., 5:] = p[..., 5:].softmax(-1)
        return p


def compute_loss(p, tbox, tobj, tcls):
    pxy = p[..., :2].sigmoid() * 2.0 - 0.5
    pwh = (p[..., 2:4].sigmoid() * 2) ** 2
    pbox = torch.cat((pxy, pwh), -1)
    mask = tobj > 0.5
    lbox = F.mse_loss(pbox[mask], tbox[mask])
    lobj = F.binary_cross_entropy_with_logits(p[..., 4], tobj)
    lcls = F.cross_entropy(p[..., 5:][mask], tcls[mask])
    return lbox + lobj + lcls


torch.manual_seed(0)
model = Detector()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
images = torch.rand(24, 3, 16, 16)
coarse = F.avg_pool2d(images, 4)
tobj = (coarse.mean(1) > 0.5).float()
tcls, tbox = coarse.argmax(1), torch.rand(24, 4, 4, 4)
model.train()
for step in range(20):
    rows = torch.randint(0, 24, (8,))
    loss = compute_loss(model(images[rows]), tbox[rows], tobj[rows], tcls[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
