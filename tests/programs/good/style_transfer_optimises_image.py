"""Right: the optimised tensor is the image; the network is frozen and normalises 0-255 pixels itself."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1)).eval()
features.requires_grad_(False)
mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def embed(image):
    return features((image / 255.0 - mean) / std)


def gram(f):
    b, c, h, w = f.shape
    f = f.view(b, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w)


content = torch.rand(1, 3, 12, 12) * 255
style = torch.rand(1, 3, 12, 12) * 255
image = content.clone().requires_grad_(True)
optimizer = torch.optim.Adam([image], lr=2.0)
for step in range(30):
    f = embed(image)
    loss = F.mse_loss(f, embed(content)) + 10 * F.mse_loss(gram(f), gram(embed(style)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        image.clamp_(0, 255)
print(loss.item())
