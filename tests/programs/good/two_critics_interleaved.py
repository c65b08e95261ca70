"""Right: actor and critic are cleared, differentiated and stepped in interleaved order, each for itself."""
import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 2))
critic = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for episode in range(25):
    states = torch.randn(40, 4)
    dist = torch.distributions.Categorical(logits=actor(states))
    actions = dist.sample()
    returns = (actions == (states[:, 0] > 0)).float()
    values = critic(states).squeeze(-1)
    actor_loss = -(dist.log_prob(actions) * (returns - values).detach()).mean()
    critic_loss = nn.functional.mse_loss(values, returns)
    actor_optimizer.zero_grad()
    actor_loss.backward()
    critic_optimizer.zero_grad()
    critic_loss.backward()
    actor_optimizer.step()
    critic_optimizer.step()
print(actor_loss.item(), critic_loss.item())
