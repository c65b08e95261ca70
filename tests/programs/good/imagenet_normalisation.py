"""Right: uint8 images to [0, 1] and normalised by the ImageNet constants in a transform, zero padding at the border."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Images(Dataset):
    def __init__(self, transform):
        self.images = torch.randint(0, 256, (48, 3, 16, 16), dtype=torch.uint8)
        self.transform = transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = self.images[i]
        label = int(image[0].float().mean() > image[2].float().mean())
        return self.transform(image), label


torch.manual_seed(0)
mean, std = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def transform(image):
    image = image.flip(-1) if torch.rand(()) < 0.5 else image
    return (F.pad(image, (1, 1, 1, 1)).float() / 255 - mean) / std


loader = DataLoader(Images(transform), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(3):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
print(loss.item())
