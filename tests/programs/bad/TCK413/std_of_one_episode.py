# expect: TCK413 anywhere
# RL: advantages normalised over a single return
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 2))
opt = torch.optim.Adam(policy.parameters(), lr=1e-3)
for episode in range(8):
    length = 6 if episode != 4 else 1
    states = torch.randn(length, 3)
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    rewards = (actions == (states[:, 0] > 0)).float()
    returns = rewards.flip(0).cumsum(0).flip(0)
    adv = (returns - returns.mean()) / (returns.std() + 1e-8)
    loss = -(dist.log_prob(actions) * adv).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if episode == 4:
        break
print(loss.item())
