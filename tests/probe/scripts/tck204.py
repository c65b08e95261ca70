"""Runs of step-without-backward."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

def net(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 16), nn.Tanh(), nn.Linear(16, outputs))
"""

_GAN = (
    _HEAD
    + """\
G, D = net(4, 2), net(2, 1)
opt_g, opt_d = torch.optim.Adam(G.parameters(), lr=2e-4), torch.optim.Adam(D.parameters(), lr=2e-4)
for step in range(40):
    real = 0.3 * torch.randn(16, 2) + 1
    fake = G(torch.randn(16, 4))
    opt_d.zero_grad()
    loss = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()
    loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    F.softplus(-D(fake)).mean().backward()
    opt_g.step()
"""
)
_TWO = (
    _HEAD
    + """\
actor, critic = net(3, 2), net(3, 1)
pi_opt, v_opt = torch.optim.Adam(actor.parameters(), lr=1e-3), torch.optim.Adam(critic.parameters(), lr=1e-3)
for update in range(40):
    obs = torch.randn(32, 3)
    dist = torch.distributions.Categorical(logits=actor(obs))
    act = dist.sample()
    reward = (act == (obs[:, 0] > 0)).float()
    value = critic(obs).squeeze(-1)
    pi_loss = -(dist.log_prob(act) * (reward - value.detach())).mean()
    v_loss = F.mse_loss(value, reward)
    pi_opt.zero_grad()
    pi_loss.backward()
    pi_opt.step()
    v_opt.zero_grad()
    v_loss.backward()
    v_opt.step()
"""
)

BAD = {
    "the critic's backward is missing": _TWO.replace(
        "    v_loss.backward()\n    v_opt.step()", "    v_opt.step()  # <-"
    ),
    "the generator gets what is detached": _GAN.replace("torch.randn(16, 4))", "torch.randn(16, 4)).detach()").replace(
        "    opt_g.step()", "    opt_g.step()  # <-"
    ),
    "no backward at all": _HEAD
    + """\
model = net(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for step in range(30):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.step()  # <-
""",
    "an auxiliary head of its own optimizer": _HEAD
    + """\
class Trainer:
    def __init__(self):
        self.body, self.head, self.aux = net(6, 8), nn.Linear(8, 3), nn.Linear(8, 1)
        main = [*self.body.parameters(), *self.head.parameters()]
        self.optimizers = [torch.optim.AdamW(main, lr=1e-3), torch.optim.AdamW(self.aux.parameters(), lr=1e-3)]

    def fit(self):
        for step in range(30):
            x = torch.randn(16, 6)
            h = self.body(x)
            loss = F.cross_entropy(self.head(h), x[:, :3].argmax(1))
            aux_loss = F.mse_loss(self.aux(h), x[:, :1])
            for optimizer in self.optimizers:
                optimizer.zero_grad()
            loss.backward()
            for optimizer in self.optimizers:
                optimizer.step()  # <-

Trainer().fit()
""",
}

GOOD = {
    "both backwards": _TWO,
    "a generator and a discriminator": _GAN,
    "the second stage begins later": _HEAD
    + """\
first, second = net(6, 8), net(8, 3)
optimizers = [torch.optim.Adam(part.parameters(), lr=1e-3) for part in (first, second)]
for step in range(60):
    x = torch.randn(16, 6)
    for optimizer in optimizers:
        optimizer.zero_grad()
    if step < 30:
        loss = F.mse_loss(first(x), torch.cat([x, x[:, :2]], 1))
    else:
        loss = F.cross_entropy(second(first(x)), x[:, :3].argmax(1))
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
""",
    "the optimizer needs no gradients": _HEAD
    + """\
class Search(torch.optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, {"lr": 0.05})

    @torch.no_grad()
    def step(self, closure):
        for group in self.param_groups:
            for p in group["params"]:
                before, noise = closure(), group["lr"] * torch.randn_like(p)
                p.add_(noise)
                if closure() > before:
                    p.sub_(noise)

model = net(6, 3)
optimizer = Search(model.parameters())
x = torch.randn(64, 6)
def closure():
    with torch.enable_grad():
        return F.cross_entropy(model(x), x[:, :3].argmax(1)).item()
for step in range(20):
    optimizer.step(closure)
""",
    "weights that are frozen at first": _HEAD
    + """\
body, head = net(6, 8).requires_grad_(False), nn.Linear(8, 3)
slow, fast = torch.optim.SGD(body.parameters(), lr=1e-3), torch.optim.SGD(head.parameters(), lr=0.1)
for step in range(40):
    if step == 20:
        body.requires_grad_(True)
    x = torch.randn(16, 6)
    loss = F.cross_entropy(head(body(x)), x[:, :3].argmax(1))
    slow.zero_grad()
    fast.zero_grad()
    loss.backward()
    slow.step()
    fast.step()
""",
}
