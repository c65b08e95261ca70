"""Right: CleanRL's layer_init: gains of sqrt(2), 1 and 0.01 give layers of very different scale on purpose."""
import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Categorical


def layer_init(layer, std=np.sqrt(2), bias_const=0.0):
    torch.nn.init.orthogonal_(layer.weight, std)
    torch.nn.init.constant_(layer.bias, bias_const)
    return layer


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.critic = nn.Sequential(
            layer_init(nn.Linear(4, 64)), nn.Tanh(), layer_init(nn.Linear(64, 64)), nn.Tanh(), layer_init(nn.Linear(64, 1), std=1.0)
        )
        self.actor = nn.Sequential(
            layer_init(nn.Linear(4, 64)), nn.Tanh(), layer_init(nn.Linear(64, 64)), nn.Tanh(), layer_init(nn.Linear(64, 2), std=0.01)
        )


torch.manual_seed(1)
agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=2.5e-4, eps=1e-5)
for update in range(12):
    optimizer.param_groups[0]["lr"] = (1.0 - update / 12) * 2.5e-4
    obs = torch.randn(128, 4)
    with torch.no_grad():
        dist = Categorical(logits=agent.actor(obs))
        actions = dist.sample()
        logprobs = dist.log_prob(actions)
        values = agent.critic(obs).flatten()
    returns = (actions == (obs[:, 0] > 0)).float()
    advantages = returns - values
    for epoch in range(4):
        for mb in torch.randperm(128).split(32):
            dist = Categorical(logits=agent.actor(obs[mb]))
            ratio = (dist.log_prob(actions[mb]) - logprobs[mb]).exp()
            adv = (advantages[mb] - advantages[mb].mean()) / (advantages[mb].std() + 1e-8)
            pg_loss = torch.max(-adv * ratio, -adv * torch.clamp(ratio, 0.8, 1.2)).mean()
            v_loss = 0.5 * ((agent.critic(obs[mb]).view(-1) - returns[mb]) ** 2).mean()
            loss = pg_loss - 0.01 * dist.entropy().mean() + v_loss * 0.5
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()
print(loss.item())
