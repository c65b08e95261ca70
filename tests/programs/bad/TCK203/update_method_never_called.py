import torch
from torch import nn


class Agent:
    def __init__(self):
        self.q = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.optimizer = torch.optim.Adam(self.q.parameters(), lr=1e-3)

    def compute_gradients(self, s, a, r):
        self.optimizer.zero_grad()
        loss = nn.functional.mse_loss(self.q(s).gather(1, a).squeeze(1), r)
        loss.backward()  # expect: TCK203
        return loss.item()

    def apply_gradients(self):
        nn.utils.clip_grad_norm_(self.q.parameters(), 1.0)
        self.optimizer.step()


torch.manual_seed(0)
agent = Agent()
for t in range(20):
    s, a = torch.randn(16, 4), torch.randint(0, 2, (16, 1))
    agent.compute_gradients(s, a, (a[:, 0] == (s[:, 0] > 0)).float())
