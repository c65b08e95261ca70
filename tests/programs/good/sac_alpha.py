"""Right: SAC: three optimizers, one of them over a single scalar; the actor's backward leaves gradients in the critic."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal


class SoftQ(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, s, a):
        return self.net(torch.cat([s, a], 1))


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 32)
        self.mean = nn.Linear(32, 1)
        self.log_std = nn.Linear(32, 1)

    def get_action(self, s):
        h = F.relu(self.fc(s))
        log_std = -2 + 1.5 * (torch.tanh(self.log_std(h)) + 1)
        normal = Normal(self.mean(h), log_std.exp())
        x = normal.rsample()
        y = torch.tanh(x)
        return y, (normal.log_prob(x) - torch.log(1 - y.pow(2) + 1e-6)).sum(1, keepdim=True)


torch.manual_seed(0)
actor, qf, qf_target = Actor(), SoftQ(), SoftQ()
qf_target.load_state_dict(qf.state_dict())
q_optimizer = torch.optim.Adam(qf.parameters(), lr=1e-3)
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=3e-4)
log_alpha = torch.zeros(1, requires_grad=True)
a_optimizer = torch.optim.Adam([log_alpha], lr=1e-3)
alpha = log_alpha.exp().item()
for step in range(30):
    s, a, s2 = torch.randn(64, 3), torch.rand(64, 1) * 2 - 1, torch.randn(64, 3)
    r = -(a - s[:, :1].tanh()).abs().flatten()
    with torch.no_grad():
        a2, logp2 = actor.get_action(s2)
        target = r + 0.9 * (qf_target(s2, a2) - alpha * logp2).view(-1)
    qf_loss = F.mse_loss(qf(s, a).view(-1), target)
    q_optimizer.zero_grad()
    qf_loss.backward()
    q_optimizer.step()

    pi, log_pi = actor.get_action(s)
    actor_loss = ((alpha * log_pi) - qf(s, pi)).mean()
    actor_optimizer.zero_grad()
    actor_loss.backward()
    actor_optimizer.step()

    with torch.no_grad():
        _, log_pi = actor.get_action(s)
    alpha_loss = (-log_alpha.exp() * (log_pi - 1.0)).mean()
    a_optimizer.zero_grad()
    alpha_loss.backward()
    a_optimizer.step()
    alpha = log_alpha.exp().item()
    for p, q in zip(qf.parameters(), qf_target.parameters()):
        q.data.copy_(0.01 * p.data + 0.99 * q.data)
print(qf_loss.item(), actor_loss.item(), alpha)
