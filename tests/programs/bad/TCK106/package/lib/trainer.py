import torch
from torch import nn


class BehaviourCloning:
    def __init__(self, policy, lr):
        self.policy = policy
        self.loss = nn.CrossEntropyLoss()
        self.optim = torch.optim.Adam(policy.parameters(), lr=lr)

    def learn(self, obs, act, batch_size=45):
        for idx in torch.randperm(len(obs)).split(batch_size):
            self.optim.zero_grad()
            pred = self.policy(obs[idx])
            loss = self.loss(pred, act[idx])  # expect: TCK106
            loss.backward()
            self.optim.step()
        return loss.item()
