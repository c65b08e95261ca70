"""Right: softmax or sigmoid before a squared error: spatial softmax for key points, the Brier score, hinge losses."""
import torch
import torch.nn.functional as F
from torch import nn


class KeyPoint(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 5, padding=2)
        self.register_buffer("grid", torch.stack(torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")))

    def forward(self, x):
        heat = self.conv(x).flatten(1)
        prob = F.softmax(heat, dim=1)
        return prob @ self.grid.flatten(1).t() / 8


torch.manual_seed(0)
keypoint, clf = KeyPoint(), nn.Linear(4, 3)
optimizer = torch.optim.Adam([*keypoint.parameters(), *clf.parameters()], lr=2e-2)
for step in range(30):
    where = torch.randint(0, 8, (32, 2))
    image = torch.zeros(32, 1, 8, 8)
    image[torch.arange(32), 0, where[:, 0], where[:, 1]] = 3.0
    point_loss = F.mse_loss(keypoint(image), where / 8)
    x = torch.randn(32, 4)
    label = x[:, :3].argmax(1)
    scores = clf(x)
    brier = F.mse_loss(scores.softmax(1), F.one_hot(label, 3).float())
    hinge = F.multi_margin_loss(scores, label) + F.relu(1 - scores[:, 0] * torch.where(label == 0, 1.0, -1.0)).mean()
    loss = point_loss + brier + 0.1 * hinge
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
