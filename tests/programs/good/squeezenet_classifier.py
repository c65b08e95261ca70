"""Right: SqueezeNet: the class convolution, a ReLU and then an average over positions, as published."""
import torch
import torch.nn as nn


class Fire(nn.Module):
    def __init__(self, cin, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Conv2d(cin, squeeze, 1)
        self.expand1x1, self.expand3x3 = nn.Conv2d(squeeze, expand, 1), nn.Conv2d(squeeze, expand, 3, padding=1)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.act(self.squeeze(x))
        return torch.cat([self.act(self.expand1x1(x)), self.act(self.expand3x3(x))], 1)


class SqueezeNet(nn.Module):
    def __init__(self, num_classes=3):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(inplace=True), Fire(8, 4, 8), Fire(16, 4, 8))
        final_conv = nn.Conv2d(16, num_classes, kernel_size=1)
        self.classifier = nn.Sequential(nn.Dropout(p=0.1), final_conv, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)


torch.manual_seed(0)
x = torch.randn(90, 1, 10, 10)
y = torch.arange(90) % 3
for i in range(90):
    x[i, 0, 3 * y[i] : 3 * y[i] + 3] += 3.0
model = SqueezeNet()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
model.train()
for epoch in range(12):
    for rows in torch.randperm(90).split(15):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
