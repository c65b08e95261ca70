import torch
import torch.nn as nn
import torch.nn.functional as F


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, s, a):
        return self.q(torch.cat([s, a], dim=1))


class Agent:
    def __init__(self):
        self.actor = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1), nn.Tanh())
        self.critic = Critic()
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-3)

    def learn(self, s, a, r, s2):
        with torch.no_grad():
            target = r + 0.9 * self.critic(s2, self.actor(s2))
        loss = F.mse_loss(self.critic(s, a), target)
        self.critic_optimizer.zero_grad()
        loss.backward()  # expect: TCK203
        return loss.item()


torch.manual_seed(0)
agent = Agent()
for _ in range(15):
    s = torch.randn(32, 4)
    a = torch.rand(32, 1) * 2 - 1
    print(agent.learn(s, a, -(s[:, :1] - a).abs(), torch.randn(32, 4)))
