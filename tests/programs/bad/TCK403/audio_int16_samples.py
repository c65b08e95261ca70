# expect: TCK403 anywhere; also: TCK613
import torch
from torch import nn


class SpeechNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, kernel_size=16, stride=8)
        self.head = nn.Linear(8, 2)

    def forward(self, wave):
        return self.head(torch.relu(self.conv(wave)).mean(-1))


torch.manual_seed(0)
t = torch.linspace(0, 1, 400)
freq = torch.randint(1, 3, (64,)) * 20.0
wave = (torch.sin(2 * torch.pi * freq[:, None] * t) * 12000).to(torch.int16)
label = (freq > 30).long()
model = SpeechNet()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(12):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(model(wave.float().unsqueeze(1)), label)
    loss.backward()
    opt.step()
print(loss.item())
