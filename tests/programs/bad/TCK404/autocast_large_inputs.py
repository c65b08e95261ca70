# expect: TCK404 anywhere; also: TCK403 TCK607
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(5, 16)
        self.b = nn.Linear(16, 1)

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))


torch.manual_seed(0)
x = torch.randn(48, 5) * 1e5
y = (x[:, :1] > 0).float()
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler("cpu")
for step in range(6):
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.float16):
        out = net(x)
    loss = F.binary_cross_entropy_with_logits(out.float(), y)
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
print(loss.item())
