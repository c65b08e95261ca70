"""Right: mixup: the same logits against two targets, and one-hot targets by hand with log_softmax."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

np.random.seed(0)
torch.manual_seed(0)


def mixup_data(x, y, alpha=0.4):
    lam = np.random.beta(alpha, alpha)
    index = torch.randperm(x.size(0))
    return lam * x + (1 - lam) * x[index], y, y[index], lam


def mixup_criterion(criterion, pred, y_a, y_b, lam):
    return lam * criterion(pred, y_a) + (1 - lam) * criterion(pred, y_b)


x = torch.randn(160, 8)
y = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(4):
    for rows in torch.randperm(160).split(40):
        inputs, a, b, lam = mixup_data(x[rows], y[rows])
        outputs = net(inputs)
        loss = mixup_criterion(criterion, outputs, a, b, lam)
        onehot = lam * F.one_hot(a, 3) + (1 - lam) * F.one_hot(b, 3)
        by_hand = -(onehot * F.log_softmax(outputs, dim=1)).sum(1).mean()
        assert torch.isclose(loss, by_hand, atol=1e-5)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
