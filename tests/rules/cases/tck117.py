"""TCK117 dice-on-logits."""

BAD = {
    "beside a loss of logits": """
import torch.nn as nn
def dice_loss(pred, target, smooth=1.):
    pred = pred.contiguous()
    target = target.contiguous()
    intersection = (pred * target).sum(dim=2).sum(dim=2)
    loss = 1 - ((2. * intersection + smooth) / (pred.sum(dim=2).sum(dim=2) + target.sum(dim=2).sum(dim=2) + smooth))
    return loss.mean()
def train(model, loader, optimizer):
    criterion = nn.BCEWithLogitsLoss()
    for x, y in loader:
        outputs = model(x)
        loss = criterion(outputs, y) + dice_loss(outputs, y)  # <-
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
    "both in one class": """
import torch.nn as nn
import torch.nn.functional as F
class DiceBCELoss(nn.Module):
    def __init__(self, weight=None, size_average=True):
        super(DiceBCELoss, self).__init__()
    def forward(self, inputs, targets, smooth=1):
        inputs = inputs.view(-1)
        targets = targets.view(-1)
        intersection = (inputs * targets).sum()  # <-
        dice_loss = 1 - (2. * intersection + smooth) / (inputs.sum() + targets.sum() + smooth)
        BCE = F.binary_cross_entropy_with_logits(inputs, targets, reduction="mean")
        return BCE + dice_loss
""",
    "called logits": """
import torch
def dice_loss(logits, targets, eps=1e-6):
    inter = torch.sum(logits * targets)  # <-
    return 1 - (2 * inter + eps) / (logits.sum() + targets.sum() + eps)
""",
    "a module of its own": """
import torch
import torch.nn as nn
class SoftDiceLoss(nn.Module):
    def forward(self, probs, targets):
        num = targets.size(0)
        m1 = probs.view(num, -1)
        m2 = targets.view(num, -1)
        intersection = m1 * m2
        score = 2. * (intersection.sum(1) + 1) / (m1.sum(1) + m2.sum(1) + 1)
        return 1 - score.sum() / num
class Combined(nn.Module):
    def __init__(self):
        super().__init__()
        self.dice = SoftDiceLoss()
        self.bce = nn.BCEWithLogitsLoss()
    def forward(self, pred, target):
        return self.bce(pred, target) + self.dice(pred, target)  # <-
""",
    "a network that ends in a convolution": """
import torch
import torch.nn as nn
class OutConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o, kernel_size=1)
    def forward(self, x):
        return self.conv(x)
class UNet(nn.Module):
    def __init__(self, n_channels, n_classes):
        super().__init__()
        self.inc = nn.Conv2d(n_channels, 64, 3, padding=1)
        self.outc = OutConv(64, n_classes)
    def forward(self, x):
        x = torch.relu(self.inc(x))
        logits = self.outc(x)
        return logits
def dice_coeff(input, target):
    inter = torch.dot(input.reshape(-1), target.reshape(-1))
    return inter
def iou_loss(y_pred, y_true):
    i = (y_pred * y_true).sum()
    u = y_pred.sum() + y_true.sum() - i
    return 1 - i / u
net = UNet(3, 1)
def step(images, masks):
    masks_pred = net(images)
    return iou_loss(masks_pred, masks)  # <-
""",
    "a model of segmentation_models_pytorch": """
import segmentation_models_pytorch as smp
def dice_loss(y_pred, y_true):
    inter = (y_pred * y_true).sum()
    return 1 - (2 * inter + 1) / (y_pred.sum() + y_true.sum() + 1)
model = smp.Unet("resnet34", classes=1)
def train(loader):
    for x, y in loader:
        pred = model(x)
        loss = dice_loss(pred, y)  # <-
        loss.backward()
""",
    "through a coefficient": """
import torch.nn.functional as F
def dice_coeff(pred, target):
    inter = (pred * target).sum()
    return (2 * inter + 1) / (pred.sum() + target.sum() + 1)
def dice_loss(pred, target):
    return 1 - dice_coeff(pred, target)
def criterion(output, mask):
    return F.binary_cross_entropy_with_logits(output, mask) + dice_loss(output, mask)  # <-
""",
    "the target first": """
import torch.nn.functional as F
def tversky_loss(true, pred, alpha=0.7):
    tp = (true * pred).sum()
    fn = (true * (1 - pred)).sum()
    fp = ((1 - true) * pred).sum()
    return 1 - tp / (tp + alpha * fn + (1 - alpha) * fp)
def loss(outputs, masks):
    ce = F.cross_entropy(outputs, masks)
    return ce + tversky_loss(masks, outputs)  # <-
""",
    "handed on as logits": """
import torch
def jaccard_loss(pred, target):
    inter = (pred * target).sum()
    return 1 - inter / (pred.sum() + target.sum() - inter)
def step(model, x, y):
    logits = model(x)
    loss = jaccard_loss(logits.squeeze(1), y)  # <-
    loss.backward()
""",
}

GOOD = {
    "a sigmoid before": """
import torch
import torch.nn as nn
def dice_loss(pred, target):
    inter = (pred * target).sum()
    return 1 - (2 * inter + 1) / (pred.sum() + target.sum() + 1)
def step(model, x, y):
    outputs = model(x)
    return nn.BCEWithLogitsLoss()(outputs, y) + dice_loss(torch.sigmoid(outputs), y)
""",
    "a sigmoid inside": """
import torch
import torch.nn.functional as F
def dice_loss(logits, target):
    p = torch.sigmoid(logits)
    inter = (p * target).sum()
    return 1 - (2 * inter + 1) / (p.sum() + target.sum() + 1)
def loss(logits, y):
    return F.binary_cross_entropy_with_logits(logits, y) + dice_loss(logits, y)
""",
    "rebound in between": """
import torch.nn.functional as F
def dice_loss(prediction, target):
    i_flat = prediction.view(-1)
    t_flat = target.view(-1)
    inter = (i_flat * t_flat).sum()
    return 1 - (2. * inter + 1) / (i_flat.sum() + t_flat.sum() + 1)
def calc_loss(prediction, target, bce_weight=0.5):
    bce = F.binary_cross_entropy_with_logits(prediction, target)
    prediction = F.sigmoid(prediction)
    dice = dice_loss(prediction, target)
    return bce * bce_weight + dice * (1 - bce_weight)
""",
    "an activation that is chosen": """
import torch.nn as nn
import torch.nn.functional as F
class DiceLoss(nn.Module):
    def __init__(self, activation=None):
        super().__init__()
        self.activation = activation
    def forward(self, logits, target):
        pred = self.activation(logits)
        inter = (pred * target).sum()
        return 1 - 2 * inter / (pred.sum() + target.sum())
dice = DiceLoss()
def loss(logits, y):
    return F.cross_entropy(logits, y) + dice(logits, y)
""",
    "sometimes a sigmoid": """
import torch
import torch.nn.functional as F
def dice_loss(logits, target, from_logits=True):
    if from_logits:
        logits = torch.sigmoid(logits)
    inter = (logits * target).sum()
    return 1 - 2 * inter / (logits.sum() + target.sum())
""",
    "a threshold": """
import torch.nn as nn
def dice_score(pred, target):
    pred = (pred > 0).float()
    inter = (pred * target).sum()
    return 2 * inter / (pred.sum() + target.sum())
def evaluate(model, x, y):
    outputs = model(x)
    return nn.BCEWithLogitsLoss()(outputs, y), dice_score(outputs, y)
""",
    "a model that ends in a sigmoid": """
import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 1)
    def forward(self, x):
        return torch.sigmoid(self.conv(x))
def dice_loss(pred, target):
    inter = (pred * target).sum()
    return 1 - 2 * inter / (pred.sum() + target.sum())
net = Net()
def step(x, y):
    pred = net(x)
    return nn.BCELoss()(pred, y) + dice_loss(pred, y)
""",
    "a model with an activation": """
import segmentation_models_pytorch as smp
def dice_loss(y_pred, y_true):
    inter = (y_pred * y_true).sum()
    return 1 - (2 * inter + 1) / (y_pred.sum() + y_true.sum() + 1)
model = smp.Unet("resnet34", classes=1, activation="sigmoid")
def step(x, y):
    pred = model(x)
    return dice_loss(pred, y)
""",
    "unknown predictions": """
import torch
def dice_loss(pred, target):
    inter = (pred * target).sum()
    return 1 - 2 * inter / (pred.sum() + target.sum())
def step(model, x, y):
    pred = model(x)
    return dice_loss(pred, y)
""",
    "logits thresholded at the call": """
import torch.nn.functional as F
def iou(pred, target):
    inter = (pred * target).sum()
    return inter / (pred + target - inter).sum()
def step(logits, y):
    loss = F.cross_entropy(logits, y)
    return loss, iou(logits.argmax(1), y), iou((logits > 0).float(), y)
""",
    "boxes": """
import torch
def box_iou(boxes1, boxes2):
    area1 = (boxes1[:, 2] - boxes1[:, 0]) * (boxes1[:, 3] - boxes1[:, 1])
    return area1
def loss(logits, boxes):
    return box_iou(logits, boxes)
""",
    "scores that only carry the name": """
import torch
def dice_loss(pred, target):
    inter = (pred * target).sum()
    return 1 - 2 * inter / (pred.sum() + target.sum())
def step(model, x, y):
    logits = torch.sigmoid(model(x))
    return dice_loss(logits, y)
""",
}
