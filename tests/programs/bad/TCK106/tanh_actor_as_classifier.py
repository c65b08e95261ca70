# behavioural cloning with an actor whose last layer is tanh, in its constructor's Sequential
import torch
from torch import nn


class Actor(nn.Module):
    def __init__(self, obs, act, layers=2, width=32):
        super().__init__()
        net = [nn.Linear(obs, width), nn.ReLU()]
        for _ in range(layers - 1):
            net.extend([nn.Linear(width, width), nn.ReLU()])
        net.extend([nn.Linear(width, act), nn.Tanh()])
        self.net = nn.Sequential(*net)

    def forward(self, obs):
        return self.net(obs)


torch.manual_seed(0)
actor = Actor(6, 4)
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(actor.parameters(), lr=2e-3)
obs = torch.randn(200, 6)
act = obs[:, :4].argmax(1)
for epoch in range(4):
    for rows in torch.randperm(200).split(50):
        loss = loss_fn(actor(obs[rows]), act[rows])  # expect: TCK106
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
