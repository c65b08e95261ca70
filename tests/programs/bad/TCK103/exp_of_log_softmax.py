import torch
import torch.nn as nn
import torch.nn.functional as F


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(6, 3)

    def forward(self, x):
        logp = F.log_softmax(self.lin(x), dim=1)
        return logp, logp.exp()


torch.manual_seed(0)
model = Policy()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(90, 6)
y = x[:, :3].argmax(1)
for step in range(20):
    logp, p = model(x)
    loss = F.nll_loss(p, y)  # expect: TCK103
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
