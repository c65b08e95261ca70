import torch
import torch.nn as nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))

    def forward(self, s):
        return Categorical(logits=self.net(s))


class ReinforceAgent:
    def __init__(self, lr=1e-3):
        self.policy = Policy()
        self.optimizer = torch.optim.SGD(self.policy.parameters(), lr=lr)
        self.log_probs, self.rewards = [], []

    def act(self, state):
        dist = self.policy(state)
        action = dist.sample()
        self.log_probs.append(dist.log_prob(action))
        return action

    def learn(self):
        returns = torch.tensor(self.rewards)
        returns = (returns - returns.mean()) / (returns.std() + 1e-6)
        policy_loss = -(torch.stack(self.log_probs) * returns).sum()
        policy_loss.backward()  # expect: TCK201
        self.optimizer.step()
        self.log_probs.clear()
        self.rewards.clear()


torch.manual_seed(0)
agent = ReinforceAgent()
for episode in range(20):
    for t in range(15):
        state = torch.randn(4)
        action = agent.act(state)
        agent.rewards.append(float(action.item() == int(state[0] > 0)))
    agent.learn()
