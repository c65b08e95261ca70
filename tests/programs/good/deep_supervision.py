"""Right: auxiliary outputs in a list, a loss for each on logits; the class model keeps a softmax for inference."""
import torch
from torch import nn


class UNetPP(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.stages = nn.ModuleList(nn.Conv2d(1 if i == 0 else 8, 8, 3, padding=1) for i in range(3))
        self.heads = nn.ModuleList(nn.Conv2d(8, classes, 1) for _ in range(3))

    def forward(self, x):
        outs = []
        for stage, head in zip(self.stages, self.heads):
            x = torch.relu(stage(x))
            outs.append(head(x))
        return outs if self.training else torch.softmax(sum(outs) / 3, dim=1)


torch.manual_seed(0)
images = torch.randn(30, 1, 8, 8)
masks = (images[:, 0] > 0).long() + (images[:, 0] > 1).long()
model = UNetPP()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(20):
    rows = torch.randint(0, 30, (10,))
    loss = sum(w * criterion(o, masks[rows]) for w, o in zip((0.2, 0.3, 0.5), model(images[rows])))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    print(loss.item(), (model(images).argmax(1) == masks).float().mean().item())
