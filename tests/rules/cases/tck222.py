"""TCK222 bootstrap-target-with-grad."""

BAD = {
    "the usual one": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions.unsqueeze(1)).squeeze(1)
        next_q = self.q_net(next_states).max(1)[0]  # <-
        target = rewards + self.gamma * next_q * (1 - dones)
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "in one expression, arguments swapped": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q_eval = self.q_net.forward(states).gather(1, actions)
        loss = F.smooth_l1_loss(rewards + (1 - dones) * self.gamma * self.q_net.forward(next_states).max(dim=1)[0], q_eval)  # <-
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "the snake": """
import torch
import torch.nn as nn
import torch.optim as optim
class QTrainer:
    def __init__(self, model, lr, gamma):
        self.gamma = gamma
        self.model = model
        self.optimizer = optim.Adam(model.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def train_step(self, state, action, reward, next_state, done):
        state = torch.tensor(state, dtype=torch.float)
        next_state = torch.tensor(next_state, dtype=torch.float)
        reward = torch.tensor(reward, dtype=torch.float)
        pred = self.model(state)
        target = pred.clone()
        for idx in range(len(done)):
            Q_new = reward[idx]
            if not done[idx]:
                Q_new = reward[idx] + self.gamma * torch.max(self.model(next_state[idx]))  # <-
            target[idx][torch.argmax(action[idx]).item()] = Q_new
        self.optimizer.zero_grad()
        loss = self.criterion(target, pred)
        loss.backward()
        self.optimizer.step()
""",
    "zeros that are filled": """
import torch
import torch.nn.functional as F
def optimize_model(memory, policy_net, target_net, optimizer, GAMMA=0.99):
    batch = memory.sample(128)
    non_final_mask = torch.tensor([s is not None for s in batch.next_state])
    non_final_next_states = torch.cat([s for s in batch.next_state if s is not None])
    state_batch = torch.cat(batch.state)
    reward_batch = torch.cat(batch.reward)
    state_action_values = policy_net(state_batch).gather(1, torch.cat(batch.action))
    next_state_values = torch.zeros(128)
    next_state_values[non_final_mask] = policy_net(non_final_next_states).max(1)[0]  # <-
    expected_state_action_values = (next_state_values * GAMMA) + reward_batch
    loss = F.smooth_l1_loss(state_action_values, expected_state_action_values.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a temporal difference, squared": """
import torch
class Agent:
    def learn(self, state, reward, state_, done):
        self.actor_critic.optimizer.zero_grad()
        state = torch.tensor([state], dtype=torch.float)
        probs, critic_value = self.actor_critic.forward(state)
        _, critic_value_ = self.actor_critic.forward(torch.tensor([state_], dtype=torch.float))  # <-
        delta = reward + self.gamma * critic_value_ * (1 - int(done)) - critic_value
        actor_loss = -probs.log_prob(self.action) * delta.detach()
        critic_loss = delta**2
        (actor_loss + critic_loss).backward()
        self.actor_critic.optimizer.step()
""",
    "a helper computes it": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def compute_target(self, rewards, next_states, dones):
        best, _ = self.q_net(next_states).max(dim=1, keepdim=True)  # <-
        return rewards + self.gamma * best * (1 - dones)
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        loss = F.mse_loss(q, self.compute_target(rewards, next_states, dones))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "returns of several steps": """
import torch
def compute_returns(next_value, rewards, masks, gamma=0.99):
    R = next_value
    returns = []
    for step in reversed(range(len(rewards))):
        R = rewards[step] + gamma * R * masks[step]
        returns.insert(0, R)
    return returns
def train(env, model, optimizer):
    rewards, values, masks = [], [], []
    state = env.reset()
    for _ in range(5):
        dist, value = model(state)
        next_state, reward, done = env.step(dist.sample())
        values.append(value)
        rewards.append(torch.tensor(reward))
        masks.append(torch.tensor(1 - done))
        state = next_state
    _, next_value = model(next_state)  # <-
    returns = compute_returns(next_value, rewards, masks)
    advantage = torch.cat(returns) - torch.cat(values)
    critic_loss = advantage.pow(2).mean()
    optimizer.zero_grad()
    critic_loss.backward()
    optimizer.step()
""",
    "the network is an argument of the helper": """
import torch
from torch import nn
def td_target(net, reward, next_obs, discount):
    return reward + discount * net(next_obs).amax(dim=-1)  # <-
def update(qnet, optimizer, obs, action, reward, next_obs):
    q = qnet(obs).gather(1, action).squeeze(-1)
    loss = nn.MSELoss()(q, td_target(qnet, reward, next_obs, 0.99))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "added in place": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions).squeeze()
        target = rewards.clone()
        target[dones == 0] += 0.95 * self.q_net(next_states).max(1).values  # <-
        loss = F.huber_loss(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "weighted errors": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        td_target = torch.FloatTensor(rewards) + self.gamma * torch.max(self.q_net(next_states), 1)[0]  # <-
        td_error = q - td_target
        loss = (self.weights * td_error ** 2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "double Q learning by one network": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        best = self.q_net(next_states).argmax(1, keepdim=True)
        target = rewards + self.gamma * self.q_net(next_states).gather(1, best)  # <-
        loss = torch.mean(torch.square(target - q))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a module that holds both heads": """
import torch as T
import torch.nn as nn
class ActorCritic(nn.Module):
    def forward(self, x):
        x = self.body(x)
        return self.pi(x), self.v(x)
    def learn(self, observation, reward, observation_, done):
        self.optimizer.zero_grad()
        loss = self.loss_of(observation, reward, observation_, done)
        loss.backward()
        self.optimizer.step()
    def loss_of(self, observation, reward, observation_, done):
        probs, critic_value = self.forward(observation)
        _, critic_value_ = self.forward(observation_)  # <-
        delta = reward + self.gamma * critic_value_ * (1 - int(done)) - critic_value
        return -probs.log_prob(self.action) * delta + delta ** 2
""",
}

GOOD = {
    "the priority of a sample": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def remember(self, state, action, reward, next_state):
        value = self.q_net(state)[action]
        target = reward + self.gamma * self.q_net(next_state).max()
        error = F.mse_loss(value, target)
        self.memory.add(error.item(), (state, action, reward, next_state))
    def priority(self, state, reward, next_state):
        error = reward + self.gamma * self.q_net(next_state) - self.q_net(state)
        return error.pow(2).item()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        loss = self.criterion(self.q_net(states), rewards)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a context that isn't known": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        with self.frozen(self.q_net):
            next_q = self.q_net(next_states).max(1)[0]
        q = self.q_net(states).gather(1, actions)
        loss = self.criterion(q, rewards + self.gamma * next_q)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "advantage and target are detached where they are used": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        target = rewards + self.gamma * self.q_net(next_states)
        advantage = target - self.q_net(states)
        actor_loss = -(self.log_probs * advantage.detach()).mean()
        loss = actor_loss + F.mse_loss(self.q_net(states), target.detach())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a target network": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        target = rewards + self.gamma * self.target_net(next_states).max(1)[0]
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "double Q learning: the network only chooses": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        best = self.q_net(next_states).max(1)[1].unsqueeze(1)
        _, same = self.q_net(next_states).max(1)
        target = rewards + self.gamma * self.target_net(next_states).gather(1, best)
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "detached in the loss": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        loss = self.criterion(q, target.detach())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "the next value is detached": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        next_q = self.q_net(next_states).detach().max(1)[0]
        loss = F.mse_loss(q, rewards + self.gamma * next_q * (1 - dones))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a block without gradients": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        with torch.no_grad():
            next_q = self.q_net(next_states).max(1)[0]
            target = rewards + self.gamma * next_q
        q = self.q_net(states).gather(1, actions)
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a helper without gradients": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    @torch.no_grad()
    def compute_target(self, rewards, next_states):
        return rewards + self.gamma * self.q_net(next_states).max(1)[0]
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        loss = self.criterion(q, self.compute_target(rewards, next_states))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "data": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states).gather(1, actions)
        target = rewards + self.gamma * self.q_net(next_states).data.max(1)[0]
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a number": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        target = q.clone()
        for i, (r, s, d) in enumerate(zip(rewards, next_states, dones)):
            target[i] = r + self.gamma * torch.max(self.q_net(s)).item()
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "through numpy": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        next_q = self.q_net(next_states).cpu().detach().numpy()
        target = torch.tensor(rewards + self.gamma * next_q.max(1))
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "made a tensor anew": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        target = torch.tensor(target)
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "detached in place": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        target.detach_()
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "residual gradients, named so": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        # residual gradient (Baird, 1995): through both
        q = self.q_net(states)
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "two branches of one network": """
import torch.nn.functional as F
def step(model, optimizer, one, other, gamma, reward):
    first, second = model(one), model(other)
    loss = F.mse_loss(first, second) + F.mse_loss(gamma * second, first)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "the advantage of values in a buffer": """
import torch
import torch.nn.functional as F
def update(agent, optimizer, buffer, gamma=0.99, lam=0.95):
    with torch.no_grad():
        next_value = agent.get_value(buffer.next_obs)
        advantages = torch.zeros_like(buffer.rewards)
        last = 0
        for t in reversed(range(128)):
            delta = buffer.rewards[t] + gamma * next_value - buffer.values[t]
            advantages[t] = last = delta + gamma * lam * last
            next_value = buffer.values[t]
        returns = advantages + buffer.values
    value = agent.get_value(buffer.obs)
    loss = F.mse_loss(value, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a loss of its own that detaches": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def td_loss(self, q, target):
        return F.mse_loss(q, target.detach())
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        loss = self.td_loss(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a loss that isn't known": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        loss = self.loss_of(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "a switch asks for the target": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        target = rewards + self.gamma * self.q_net(next_states, use_target=True).max(1)[0]
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "the name means another network by then": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        net = self.q_net
        q = net(states)
        net = self.target_net
        target = rewards + self.gamma * net(next_states).max(1)[0]
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "path consistency: both sides learn": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        value, next_value = self.q_net(states), self.q_net(next_states)
        error = rewards + self.gamma * next_value - value - self.tau * self.log_prob
        loss = error.pow(2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
    "weights without gradients meanwhile": """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
class Agent:
    def __init__(self, net, lr, gamma):
        self.q_net = net
        self.target_net = net
        self.gamma = gamma
        self.optimizer = optim.Adam(self.q_net.parameters(), lr=lr)
        self.criterion = nn.MSELoss()
    def learn(self, batch):
        states, actions, rewards, next_states, dones = batch
        q = self.q_net(states)
        for p in self.q_net.parameters():
            p.requires_grad = False
        target = rewards + self.gamma * self.q_net(next_states).max(1)[0]
        for p in self.q_net.parameters():
            p.requires_grad = True
        loss = self.criterion(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""",
}
