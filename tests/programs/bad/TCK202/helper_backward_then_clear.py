import torch
from torch import nn


class Learner:
    def __init__(self, model, lr):
        self.model = model
        self.optim = torch.optim.RMSprop(model.parameters(), lr=lr)
        self.criterion = nn.MSELoss()

    def backward_pass(self, x, y):
        loss = self.criterion(self.model(x), y)
        loss.backward()
        return loss.item()

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(25):
                loss = self.backward_pass(x[rows], y[rows])
                self.optim.zero_grad()  # expect: TCK202
                self.optim.step()
        return loss


torch.manual_seed(0)
x = torch.randn(100, 4)
y = x.prod(1, keepdim=True)
print(Learner(nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1)), 1e-3).fit(x, y, 4))
