"""Right: A3C: a local network's gradients are lent to the shared one; the shared optimizer steps, both are cleared."""
import torch
import torch.nn.functional as F
from torch import nn


def ensure_shared_grads(model, shared):
    for param, shared_param in zip(model.parameters(), shared.parameters()):
        shared_param._grad = param.grad


torch.manual_seed(0)
shared, local = nn.Linear(4, 3), nn.Linear(4, 3)
optimizer = torch.optim.Adam(shared.parameters(), lr=1e-2)
for episode in range(25):
    local.load_state_dict(shared.state_dict())
    state = torch.randn(20, 4)
    out = local(state)
    logits, value = out[:, :2], out[:, 2]
    log_prob = F.log_softmax(logits, dim=-1)
    prob = F.softmax(logits, dim=-1)
    action = prob.multinomial(1).detach()
    reward = (action.squeeze(1) == (state[:, 0] > 0)).float()
    advantage = reward - value
    policy_loss = -(log_prob.gather(1, action).squeeze(1) * advantage.detach()).mean()
    entropy = -(log_prob * prob).sum(1).mean()
    optimizer.zero_grad()
    local.zero_grad()
    (policy_loss - 0.01 * entropy + 0.5 * advantage.pow(2).mean()).backward()
    nn.utils.clip_grad_norm_(local.parameters(), 40)
    ensure_shared_grads(local, shared)
    optimizer.step()
print(policy_loss.item())
