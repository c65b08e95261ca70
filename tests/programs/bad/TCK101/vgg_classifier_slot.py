# transfer learning: the last slot of a Sequential gets a new head with a softmax
import torch
from torch import nn


class VGGLike(nn.Module):
    def __init__(self, num_classes=100):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4))
        self.classifier = nn.Sequential(nn.Linear(8 * 16, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, num_classes))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


torch.manual_seed(0)
model = VGGLike()
n_inputs = model.classifier[3].in_features
model.classifier[3] = nn.Sequential(nn.Linear(n_inputs, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.classifier.parameters(), lr=1e-3)
for p in model.features.parameters():
    p.requires_grad_(False)
x = torch.randn(60, 3, 16, 16)
y = x.mean((2, 3)).argmax(1)
model.train()
for epoch in range(3):
    for rows in torch.randperm(60).split(20):
        optimizer.zero_grad()
        loss = criterion(model(x[rows]), y[rows])  # expect: TCK101
        loss.backward()
        optimizer.step()
print(loss.item())
