import torch
from lib.nets import ActorNet
from lib.trainer import BehaviourCloning

torch.manual_seed(0)
obs = torch.randn(180, 8)
act = obs[:, :4].argmax(1)
policy = ActorNet(obs_dim=8, n_actions=4)
bc = BehaviourCloning(policy, lr=3e-3)
for epoch in range(5):
    print(bc.learn(obs, act))
