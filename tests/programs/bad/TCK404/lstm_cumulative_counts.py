# expect: TCK404 anywhere; also: TCK403 TCK607
import torch
from torch import nn


class Epidemic(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 8, batch_first=True)
        self.fc = nn.Linear(8, 1)

    def forward(self, x):
        return self.fc(self.lstm(x)[0][:, -1])


torch.manual_seed(0)
cases = torch.exp(torch.linspace(0, 13, 14)).repeat(16, 1).unsqueeze(-1) * (1 + 0.1 * torch.rand(16, 1, 1))
net = Epidemic().to(torch.float16)
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
for epoch in range(4):
    opt.zero_grad()
    growth = net(cases.to(torch.float16)).float()
    loss = nn.functional.mse_loss(growth, torch.ones(16, 1))
    loss.backward()
    opt.step()
    print(loss.item())
