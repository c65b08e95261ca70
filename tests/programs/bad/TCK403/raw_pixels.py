# expect: TCK403 anywhere; also: TCK613
import torch
import torch.nn as nn

torch.manual_seed(0)
images = torch.randint(0, 256, (128, 3, 12, 12)).float()
labels = (images.mean((1, 2, 3)) > 127).long()
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(12):
    rows = torch.randperm(128)[:32]
    opt.zero_grad()
    loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
    loss.backward()
    opt.step()
    print(loss.item())
