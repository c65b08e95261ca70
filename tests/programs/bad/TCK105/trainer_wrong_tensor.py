# crashes
# computes the probability, then hands the logits to the loss
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class LogReg(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.linear = nn.Linear(d, 1)

    def forward(self, x):
        return self.linear(x).squeeze(1)


class Engine:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
        self.loss = nn.BCELoss(reduction="mean")

    def step(self, xb, yb):
        logits = self.model(xb)
        probs = torch.sigmoid(logits)
        acc = ((probs > 0.5) == yb.bool()).float().mean().item()
        loss = self.loss(logits, yb)  # expect: TCK105
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item(), acc


torch.manual_seed(0)
x = torch.randn(100, 7)
y = (x.sum(1) > 0).float()
model = LogReg(7)
engine = Engine(model, torch.optim.SGD(model.parameters(), lr=0.1))
for epoch in range(2):
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
        print(engine.step(xb, yb))
