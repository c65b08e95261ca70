import torch
from torch import nn

OPTIONS = dict(lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)


class Learner:
    def __init__(self, model):
        self.model = model
        self.optim = torch.optim.Adam(self.model.parameters(), **OPTIONS)  # expect: TCK301

    def step(self, x, y):
        loss = nn.functional.mse_loss(self.model(x), y)
        self.optim.zero_grad()
        loss.backward()
        self.optim.step()
        return loss.item()


torch.manual_seed(0)
learner = Learner(nn.Linear(4, 1))
for _ in range(15):
    x = torch.randn(32, 4)
    print(learner.step(x, x.sum(1, keepdim=True)))
