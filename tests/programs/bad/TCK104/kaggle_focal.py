# the focal loss of a hundred notebooks: the inputs are overwritten by their sigmoid
import torch
import torch.nn as nn
import torch.nn.functional as F


class FocalLoss(nn.Module):
    def __init__(self, alpha=0.8, gamma=2):
        super().__init__()
        self.alpha, self.gamma = alpha, gamma

    def forward(self, inputs, targets):
        inputs = torch.sigmoid(inputs)
        inputs = inputs.view(-1)
        targets = targets.view(-1)
        BCE = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")  # expect: TCK104
        BCE_EXP = torch.exp(-BCE)
        return (self.alpha * (1 - BCE_EXP) ** self.gamma * BCE).mean()


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
loss_fn = FocalLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
x = torch.randn(40, 1, 10, 10)
mask = (x > 1).float()
for step in range(15):
    rows = torch.randint(0, 40, (10,))
    loss = loss_fn(net(x[rows]), mask[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
