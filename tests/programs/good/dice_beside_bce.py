"""Right: logits go to BCE-with-logits and to cross entropy, their sigmoid or softmax only to the Dice part."""
import torch
import torch.nn.functional as F
from torch import nn


def dice_loss(probs, target, eps=1e-6):
    inter = (probs * target).sum((-1, -2))
    return 1 - ((2 * inter + eps) / (probs.sum((-1, -2)) + target.sum((-1, -2)) + eps)).mean()


class UNet(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.n_classes = n_classes
        self.inc = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.outc = nn.Conv2d(8, n_classes, 1)

    def forward(self, x):
        return self.outc(self.inc(x))


torch.manual_seed(0)
x = torch.randn(24, 1, 12, 12)
mask = (F.avg_pool2d(x, 3, 1, 1)[:, 0] > 0).long()
for model in (UNet(1), UNet(2)):
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3, momentum=0.9)
    criterion = nn.CrossEntropyLoss() if model.n_classes > 1 else nn.BCEWithLogitsLoss()
    model.train()
    for step in range(12):
        rows = torch.randint(0, 24, (8,))
        masks_pred, true_masks = model(x[rows]), mask[rows]
        if model.n_classes == 1:
            loss = criterion(masks_pred.squeeze(1), true_masks.float())
            loss = loss + dice_loss(F.sigmoid(masks_pred.squeeze(1)), true_masks.float())
        else:
            loss = criterion(masks_pred, true_masks)
            loss = loss + dice_loss(
                F.softmax(masks_pred, dim=1).float(), F.one_hot(true_masks, model.n_classes).permute(0, 3, 1, 2).float()
            )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    print(loss.item())
