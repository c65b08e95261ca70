import torch
from torch import nn


class Trainer:
    def __init__(self, model, cfg):
        self.model, self.cfg = model, cfg
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr, weight_decay=cfg.weight_decay)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 2, gamma=0.5)

    def training_step(self, batch):
        x, y = batch
        return self.criterion(self.model(x), y)

    def optimizer_step(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.cfg.clip)
        self.optimizer.step()

    @torch.no_grad()
    def evaluate(self, loader):
        self.model.eval()
        hits = [(self.model.probabilities(x).argmax(1) == y).float() for x, y in loader]
        self.model.train()
        return torch.cat(hits).mean().item()

    def fit(self, train_loader, val_loader):
        self.model.train()
        for epoch in range(self.cfg.epochs):
            for batch in train_loader:
                loss = self.training_step(batch)
                self.optimizer_step(loss)
            self.scheduler.step()
            print(epoch, loss.item(), self.evaluate(val_loader))
