"""Runs of bootstrap-target-with-grad."""

_HEAD = """\
import copy
import torch
import torch.nn.functional as F
from torch import nn

def net(out):
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, out))

def transitions(n=16):
    s = torch.randn(n, 4)
    return s, torch.randint(0, 2, (n, 1)), s.sum(1), s + 0.1 * torch.randn(n, 4), torch.rand(n).lt(0.2).float()
"""
_DQN = (
    _HEAD
    + """\
q_net = net(2)
optimizer = torch.optim.Adam(q_net.parameters(), lr=1e-3)
for step in range(12):
    s, a, r, s2, done = transitions()
    q = q_net(s).gather(1, a).squeeze(1)
    target = r + 0.95 * q_net(s2).max(1).values * (1 - done)
    loss = F.mse_loss(q, target)
    optimizer.zero_grad()
    loss.backward()  # <-
    optimizer.step()
"""
)
_TD = (
    _HEAD
    + """\
class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.value = net(8), nn.Linear(8, 1)

    def forward(self, s):
        return self.value(torch.tanh(self.body(s)))

critic, gamma = Critic(), 0.99
opt = torch.optim.SGD(critic.parameters(), lr=0.01)
for step in range(12):
    s, _, r, s2, done = transitions()
    delta = r[:, None] + gamma * (1 - done[:, None]) * critic(s2) - critic(s)
    opt.zero_grad()
    delta.pow(2).mean().backward()  # <-
    opt.step()
"""
)
_ALIAS = (
    _HEAD
    + """\
class Agent:
    def __init__(self):
        self.policy_net = net(2)
        self.target_net = self.policy_net
        self.optimizer = torch.optim.RMSprop(self.policy_net.parameters(), lr=1e-3)
        self.gamma = 0.9

    def learn(self):
        s, a, r, s2, done = transitions()
        q = self.policy_net(s).gather(1, a)
        best = self.target_net(s2).max(1, keepdim=True)[0]
        loss = F.smooth_l1_loss(q, r[:, None] + self.gamma * best * (1 - done[:, None]))
        self.optimizer.zero_grad()
        loss.backward()  # <-
        self.optimizer.step()

agent = Agent()
for step in range(12):
    agent.learn()
"""
)
_ACTOR = (
    _HEAD
    + """\
body, policy, value = net(8), nn.Linear(8, 2), nn.Linear(8, 1)
optimizer = torch.optim.AdamW([p for m in (body, policy, value) for p in m.parameters()], lr=1e-3)
for step in range(12):
    s, a, r, s2, _ = transitions()
    h = torch.relu(body(s))
    v, v2 = value(h).squeeze(1), value(torch.relu(body(s2))).squeeze(1)
    target = r + 0.98 * v2
    log_p = policy(h).log_softmax(1).gather(1, a).squeeze(1)
    loss = nn.HuberLoss()(v, target) - (log_p * (target - v).detach()).mean()
    optimizer.zero_grad()
    loss.backward()  # <-
    optimizer.step()
"""
)

BAD = {
    "the network itself": _DQN,
    "a temporal difference by hand": _TD,
    "a target network that is the same object": _ALIAS,
    "actor and critic on one body": _ACTOR,
}


def _right(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.replace("  # <-", "")


GOOD = {
    "detached": _right(_DQN, ("F.mse_loss(q, target)", "F.mse_loss(q, target.detach())")),
    "without gradients": _right(_TD, ("critic(s2)", "critic(s2).detach()")),
    "a copy of the network": _right(_ALIAS, ("self.target_net = self.policy_net", "self.target_net = net(2)")),
    "the residual gradient, as it says": _right(
        _TD,
        (
            "critic, gamma = Critic(), 0.99",
            "# the residual gradient of Baird\nresidual_gradient = True\ncritic, gamma = Critic(), 0.99",
        ),
    ),
    "returns": _right(_ACTOR, ("target = r + 0.98 * v2", "target = r + 0.98 * v2.detach()")),
    "a step of a solver, compared with data": _HEAD
    + """\
f = net(4)
optimizer = torch.optim.Adam(f.parameters(), lr=1e-3)
for step in range(12):
    s, _, _, s2, _ = transitions()
    loss = F.mse_loss(s + 0.9 * f(s), s2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "two views of one thing": _HEAD
    + """\
f = net(8)
optimizer = torch.optim.Adam(f.parameters(), lr=1e-3)
for step in range(12):
    s, _, _, s2, _ = transitions()
    a, b = f(s), f(s2)
    loss = F.mse_loss(a, b) + F.relu(1 - a.std(0)).mean() + 0.9 * F.relu(1 - b.std(0)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
}
