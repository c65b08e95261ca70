import torch
from torch import nn


class MADDPG:
    def __init__(self, names):
        self.critics = {n: nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)) for n in names}
        self.optimizers = {n: torch.optim.SGD(self.critics[n].parameters(), lr=2e-3) for n in names}

    def learn(self, obs, rewards):
        for name, critic in self.critics.items():
            critic_loss = nn.functional.mse_loss(critic(obs).squeeze(1), rewards[name])
            critic_loss.backward()  # expect: TCK201
            nn.utils.clip_grad_norm_(critic.parameters(), 1.0)
            self.optimizers[name].step()
        return critic_loss.item()


torch.manual_seed(0)
team = MADDPG(["red", "blue"])
for t in range(20):
    obs = torch.randn(32, 6)
    print(team.learn(obs, {"red": obs[:, 0], "blue": obs[:, 1]}))
