"""Right: a target network is frozen, copied now and then, in no optimizer; both sides of the loss have shape (B, 1)."""
import random
from collections import deque, namedtuple

import torch
import torch.nn as nn

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))


def make_net():
    return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))


random.seed(0)
torch.manual_seed(0)
policy_net, target_net = make_net(), make_net()
target_net.load_state_dict(policy_net.state_dict())
target_net.eval()
optimizer = torch.optim.AdamW(policy_net.parameters(), lr=1e-3, amsgrad=True)
criterion = nn.SmoothL1Loss()
memory = deque([], maxlen=1000)


def optimize_model():
    if len(memory) < 32:
        return
    batch = Transition(*zip(*random.sample(memory, 32)))
    state_action_values = policy_net(torch.stack(batch.state)).gather(1, torch.stack(batch.action))
    with torch.no_grad():
        next_state_values = target_net(torch.stack(batch.next_state)).max(1).values
    expected = next_state_values * 0.9 + torch.cat(batch.reward)
    loss = criterion(state_action_values, expected.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()


state = torch.randn(4)
for t in range(90):
    with torch.no_grad():
        greedy = policy_net(state).argmax().view(1)
    action = greedy if random.random() > 0.2 else torch.randint(0, 2, (1,))
    next_state = torch.randn(4)
    reward = torch.tensor([float(action.item() == int(state[0] > 0))])
    memory.append(Transition(state, action, next_state, reward))
    state = next_state
    optimize_model()
    for key, value in policy_net.state_dict().items():
        target_net.state_dict()[key].lerp_(value, 0.005)
