"""Right: domain adaptation: a gradient reversal layer flips gradients on purpose; two cross entropies on logits."""
import torch
import torch.nn.functional as F
from torch import nn


class ReverseLayerF(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.alpha, None


class DANN(nn.Module):
    def __init__(self):
        super().__init__()
        self.feature = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
        self.klass, self.domain = nn.Linear(24, 2), nn.Linear(24, 2)

    def forward(self, x, alpha):
        f = self.feature(x)
        return self.klass(f), self.domain(ReverseLayerF.apply(f, alpha))


torch.manual_seed(0)
source, target = torch.randn(150, 6), torch.randn(150, 6) + 0.5
labels = (source[:, 0] > 0).long()
net = DANN()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(40):
    s, t = torch.randint(0, 150, (32,)), torch.randint(0, 150, (32,))
    alpha = 2.0 / (1.0 + 2.718 ** (-step / 10)) - 1
    class_out, s_dom = net(source[s], alpha)
    _, t_dom = net(target[t], alpha)
    loss = F.cross_entropy(class_out, labels[s])
    loss = loss + F.cross_entropy(s_dom, torch.zeros(32, dtype=torch.long))
    loss = loss + F.cross_entropy(t_dom, torch.ones(32, dtype=torch.long))
    net.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
