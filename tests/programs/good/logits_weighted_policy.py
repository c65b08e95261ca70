"""Right: cross_entropy(logits, actions, reduction="none") weighted by advantages is the policy gradient; no softmax before."""
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.ReLU())
        self.pi, self.v = nn.Linear(32, 3), nn.Linear(32, 1)

    def forward(self, s):
        h = self.body(s)
        return self.pi(h), self.v(h).squeeze(-1)

    @torch.no_grad()
    def act(self, s):
        return torch.multinomial(F.softmax(self.pi(self.body(s)), dim=-1), 1).squeeze(-1)


torch.manual_seed(0)
net = Net()
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3, eps=1e-5)
for update in range(30):
    s = torch.randn(64, 4)
    a = net.act(s)
    r = (a == s[:, :3].argmax(1)).float()
    logits, v = net(s)
    probs, logp = F.softmax(logits, -1), F.log_softmax(logits, -1)
    entropy = -(probs * logp).sum(-1).mean()
    pg = (F.cross_entropy(logits, a, reduction="none") * (r - v).detach()).mean()
    loss = pg + 0.5 * F.mse_loss(v, r) - 0.01 * entropy
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
print(loss.item())
