import torch
import torch.nn as nn


class DoubleConv(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(inplace=True))

    def forward(self, x):
        return self.net(x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc = DoubleConv(1, 8)
        self.pool = nn.MaxPool2d(2)
        self.down = DoubleConv(8, 16)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.outc = nn.Conv2d(24, 1, kernel_size=1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down(self.pool(x1))
        x = self.outc(torch.cat([self.up(x2), x1], dim=1))
        return x.sigmoid()


torch.manual_seed(0)
net = UNet()
optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-4, momentum=0.9)
criterion = nn.BCEWithLogitsLoss()
imgs = torch.randn(24, 1, 16, 16)
true_masks = (imgs > 0.5).float()
net.train()
for epoch in range(3):
    epoch_loss = 0
    for rows in torch.randperm(24).split(8):
        masks_pred = net(imgs[rows])
        loss = criterion(masks_pred, true_masks[rows])  # expect: TCK104
        epoch_loss += loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("Epoch finished! Loss: {}".format(epoch_loss / 3))
