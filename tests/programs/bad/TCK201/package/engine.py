import torch
import torch.nn.functional as F


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.opt = torch.optim.SGD(self.model.parameters(), lr=lr)
        self.last = None

    def compute_loss(self, inputs, targets):
        return F.cross_entropy(self.model(inputs), targets)

    def optimize(self, loss):
        loss.backward()  # expect: TCK201
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.opt.step()

    def step(self, inputs, targets):
        loss = self.compute_loss(inputs, targets)
        self.optimize(loss)
        self.last = loss.item()
