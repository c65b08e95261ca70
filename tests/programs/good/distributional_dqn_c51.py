"""Right: C51: softmax over atoms, cross entropy by hand with a projected target distribution; target under no_grad."""
import torch
import torch.nn as nn


class C51(nn.Module):
    def __init__(self, actions=2, atoms=11):
        super().__init__()
        self.actions, self.atoms = actions, atoms
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, actions * atoms))
        self.register_buffer("support", torch.linspace(-2, 2, atoms))

    def get_action(self, x, action=None):
        logits = self.net(x).view(len(x), self.actions, self.atoms)
        pmfs = torch.softmax(logits, dim=2)
        if action is None:
            action = (pmfs * self.support).sum(2).argmax(1)
        return action, pmfs[torch.arange(len(x)), action]


torch.manual_seed(0)
q, target = C51(), C51()
target.load_state_dict(q.state_dict())
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3, eps=0.01 / 32)
delta = 4 / 10
for step in range(30):
    s, s2 = torch.randn(32, 4), torch.randn(32, 4)
    a = torch.randint(0, 2, (32,))
    r = (a == (s[:, 0] > 0)).float()
    with torch.no_grad():
        _, next_pmfs = target.get_action(s2)
        tz = (r[:, None] + 0.5 * target.support).clamp(-2, 2)
        b = (tz + 2) / delta
        low, up = b.floor().long(), b.ceil().long().clamp(max=10)
        m = torch.zeros(32, 11)
        m.scatter_add_(1, low, next_pmfs * (up + (low == up) - b))
        m.scatter_add_(1, up, next_pmfs * (b - low))
    _, old = q.get_action(s, a)
    loss = (-(m * old.clamp(min=1e-5, max=1 - 1e-5).log()).sum(-1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
