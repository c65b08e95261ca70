"""Right: focal losses use sigmoid or softmax for the weight and logits for the cross entropy."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def sigmoid_focal_loss(inputs, targets, alpha=0.25, gamma=2.0):
    p = torch.sigmoid(inputs)
    ce_loss = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    p_t = p * targets + (1 - p) * (1 - targets)
    loss = ce_loss * ((1 - p_t) ** gamma)
    return ((alpha * targets + (1 - alpha) * (1 - targets)) * loss).mean()


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, target):
        logpt = F.log_softmax(logits, dim=1).gather(1, target.view(-1, 1)).view(-1)
        pt = logpt.exp()
        other = F.cross_entropy(logits, target, reduction="none")
        return (-((1 - pt.detach()) ** self.gamma) * logpt).mean() + 0.0 * other.mean()


torch.manual_seed(0)
x = torch.randn(160, 6)
binary, multi = nn.Linear(6, 1), nn.Linear(6, 4)
focal = FocalLoss()
opt = torch.optim.Adam([*binary.parameters(), *multi.parameters()], lr=1e-2)
for _ in range(30):
    loss = sigmoid_focal_loss(binary(x).squeeze(1), (x[:, 0] > 1).float()) + focal(multi(x), x[:, :4].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
