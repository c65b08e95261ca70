import torch
from torch import nn


class Hourglass(nn.Module):
    """Stacked heads; every head ends in a sigmoid."""

    def __init__(self, stacks=2):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.body = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(stacks))
        self.heads = nn.ModuleList(nn.Sequential(nn.Conv2d(8, 2, 1), nn.Sigmoid()) for _ in range(stacks))

    def forward(self, x):
        x = torch.relu(self.stem(x))
        outs = []
        for body, head in zip(self.body, self.heads):
            x = torch.relu(body(x)) + x
            outs.append(head(x))
        return outs


torch.manual_seed(0)
images = torch.randn(32, 1, 8, 8)
maps = torch.cat([images > 0.5, images < -0.5], 1).float()
model, criterion = Hourglass(), nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(15):
    rows = torch.randint(0, 32, (8,))
    loss = 0
    for out in model(images[rows]):
        loss = loss + criterion(out, maps[rows])  # expect: TCK104
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
