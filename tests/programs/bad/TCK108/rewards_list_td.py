import torch
import torch.nn as nn


class ValueNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.v = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, s):
        return self.v(s)


torch.manual_seed(0)
value_net = ValueNet()
optimizer = torch.optim.Adam(value_net.parameters(), lr=2e-3)
for episode in range(15):
    states, rewards = [], []
    for t in range(12):
        state = torch.randn(5)
        states.append(state)
        rewards.append(float(state[0]))
    returns, g = [], 0.0
    for r in reversed(rewards):
        g = r + 0.9 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    values = value_net(torch.stack(states))
    critic_loss = nn.MSELoss()(values, returns)  # expect: TCK108 runtime
    optimizer.zero_grad()
    critic_loss.backward()
    optimizer.step()
print(critic_loss.item())
