# the model offers probabilities by a method of its own, and the trainer feeds those to NLL
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(12, 4)

    def forward(self, x):
        return self.lin(x)

    def predict_proba(self, x):
        return F.softmax(self(x), dim=-1)


class Trainer:
    def __init__(self, net):
        self.net = net
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(30):
                p = self.net.predict_proba(x[rows])
                loss = F.nll_loss(p, y[rows])  # expect: TCK103
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(120, 12)
print(Trainer(Net()).fit(x, x[:, :4].argmax(1), 5))
