import torch
from torch import nn


class Wide(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc1 = nn.Linear(12, 48)
        self.fc2 = nn.Linear(48, classes)
        self.drop = nn.Dropout(0.1)
        self.act = nn.ReLU()

    def layer(self, fc, x):
        return self.drop(self.act(fc(x)))

    def forward(self, x):
        x = self.layer(self.fc1, x)
        return self.layer(self.fc2, x)


torch.manual_seed(0)
model = Wide(4)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
x = torch.randn(160, 12)
y = x[:, :4].argmax(1)
model.train()
for step in range(30):
    rows = torch.randint(0, 160, (40,))
    loss = criterion(model(x[rows]), y[rows])  # expect: TCK106
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
