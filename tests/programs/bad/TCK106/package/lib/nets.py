import torch.nn as nn
import torch.nn.functional as F


class ActorNet(nn.Module):
    def __init__(self, obs_dim, n_actions, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(obs_dim, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.fc3 = nn.Linear(hidden, n_actions)

    def forward(self, obs):
        a = F.relu(self.fc1(obs))
        a = F.relu(self.fc2(a))
        a = F.leaky_relu(self.fc3(a), 0.1)
        return a
