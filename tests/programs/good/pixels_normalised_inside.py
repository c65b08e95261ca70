"""Right: 0-255 float pixels, normalised by the first lines of forward (RAFT) or by a leading BatchNorm."""
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 2)

    def forward(self, image):
        image = 2 * (image / 255.0) - 1.0
        x = F.relu(self.conv(image.contiguous()))
        return self.fc(x.mean((2, 3)))


torch.manual_seed(0)
images = torch.randint(0, 256, (96, 3, 10, 10)).float()
labels = (images[:, 0].mean((1, 2)) > images[:, 2].mean((1, 2))).long()
first, second = Net(), nn.Sequential(
    nn.BatchNorm2d(3), nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2)
)
for net in (first, second):
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    net.train()
    for step in range(20):
        rows = torch.randint(0, 96, (32,))
        loss = F.cross_entropy(net(images[rows]), labels[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())
