"""Right: raw uint8 frames go in, and the model itself divides by 255 (Atari DQN)."""
import torch
import torch.nn as nn


class QNetwork(nn.Module):
    def __init__(self, actions=3):
        super().__init__()
        self.network = nn.Sequential(
            nn.Conv2d(4, 8, 4, stride=2), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 9, actions)
        )

    def forward(self, x):
        return self.network(x / 255.0)


torch.manual_seed(0)
frames = torch.randint(0, 256, (64, 4, 12, 12), dtype=torch.uint8)
actions = torch.randint(0, 3, (64, 1))
value = frames.float().mean((1, 2, 3)) / 127.5 - 1
q_network = QNetwork()
optimizer = torch.optim.Adam(q_network.parameters(), lr=5e-4)
for step in range(25):
    rows = torch.randint(0, 64, (32,))
    old_val = q_network(frames[rows]).gather(1, actions[rows]).squeeze()
    loss = nn.functional.mse_loss(value[rows], old_val)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
