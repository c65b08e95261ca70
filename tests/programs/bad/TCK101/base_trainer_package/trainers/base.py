from abc import ABC, abstractmethod

import torch


class BaseTrainer(ABC):
    def __init__(self, net, criterion, lr):
        self.net, self.criterion = net, criterion
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=lr)

    @abstractmethod
    def compute_loss(self, batch): ...

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(30):
                loss = self.compute_loss((x[rows], y[rows]))
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
        return loss.item()
