import torch
import torch.nn as nn


class ResNetLike(nn.Module):
    """Stands in for a torchvision backbone."""

    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, num_classes)

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


torch.manual_seed(0)
model_ft = ResNetLike()
num_ftrs = model_ft.fc.in_features
model_ft.fc = nn.Sequential(
    nn.Linear(num_ftrs, 16),
    nn.ReLU(),
    nn.Linear(16, 2),
    nn.Softmax(dim=1),
)

criterion = nn.CrossEntropyLoss()
optimizer_ft = torch.optim.SGD(model_ft.parameters(), lr=0.01, momentum=0.9)
images = torch.randn(48, 3, 16, 16)
labels = (images.mean((1, 2, 3)) > 0).long()

for epoch in range(4):
    model_ft.train()
    running_loss = 0.0
    for chunk in torch.randperm(48).split(16):
        inputs, targets = images[chunk], labels[chunk]
        optimizer_ft.zero_grad()
        with torch.set_grad_enabled(True):
            outputs = model_ft(inputs)
            _, preds = torch.max(outputs, 1)
            loss = criterion(outputs, targets)  # expect: TCK101
            loss.backward()
            optimizer_ft.step()
        running_loss += loss.item() * inputs.size(0)
    print("train loss {:.4f}".format(running_loss / 48))
