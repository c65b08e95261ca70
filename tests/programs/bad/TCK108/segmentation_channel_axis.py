# depth maps (B,H,W) against predictions (B,1,H,W), B == 1 in H's place broadcasts silently
import torch
import torch.nn as nn
import torch.nn.functional as F


class DepthNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x):
        return self.conv2(F.relu(self.conv1(x)))


class Trainer:
    def __init__(self):
        self.model = DepthNet()
        self.criterion = nn.HuberLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def fit(self, images, depth, steps):
        for _ in range(steps):
            rows = torch.randint(0, len(images), (4,))
            out = self.model(images[rows])
            loss = self.criterion(out, depth[rows])  # expect: TCK108 runtime
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
images = torch.randn(20, 3, 8, 8)
print(Trainer().fit(images, images.mean(1), 20))
