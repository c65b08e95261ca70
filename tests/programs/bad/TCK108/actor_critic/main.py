# lens: runtime
import torch
from agent import ActorCritic, critic_loss

torch.manual_seed(0)
net = ActorCritic(6, 3)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for episode in range(15):
    states = torch.randn(20, 6)
    probs, values = net(states)
    dist = torch.distributions.Categorical(probs=probs)
    actions = dist.sample()
    rewards = (actions == states[:, :3].argmax(1)).float()
    returns = rewards.flip(0).cumsum(0).flip(0) / 10
    advantage = returns - values.detach().squeeze(1)
    actor = -(dist.log_prob(actions) * advantage).mean()
    loss = actor + 0.5 * critic_loss(values, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
