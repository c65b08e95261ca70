import random
from collections import deque

import torch
import torch.nn as nn
import torch.nn.functional as F


class QNetwork(nn.Module):
    def __init__(self, state_size, action_size):
        super().__init__()
        self.fc1 = nn.Linear(state_size, 32)
        self.fc2 = nn.Linear(32, action_size)

    def forward(self, state):
        return self.fc2(F.relu(self.fc1(state)))


class Agent:
    def __init__(self, state_size=4, action_size=2):
        self.policy_net = QNetwork(state_size, action_size)
        self.target_net = QNetwork(state_size, action_size)
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.optimizer = torch.optim.Adam(self.policy_net.parameters(), lr=1e-3)
        self.memory = deque(maxlen=500)

    def learn(self, batch_size=32, gamma=0.99):
        states, actions, rewards, next_states = map(torch.stack, zip(*random.sample(self.memory, batch_size)))
        state_action_values = self.policy_net(states).gather(1, actions)
        with torch.no_grad():
            next_values = self.target_net(next_states).max(1)[0]
        expected = rewards + gamma * next_values
        loss = F.smooth_l1_loss(state_action_values, expected)  # expect: TCK108 runtime
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


random.seed(0)
torch.manual_seed(0)
agent = Agent()
for t in range(120):
    state = torch.randn(4)
    agent.memory.append((state, torch.randint(0, 2, (1,)), state.sum().sign(), torch.randn(4)))
    if t >= 40 and t % 4 == 0:
        agent.learn()
