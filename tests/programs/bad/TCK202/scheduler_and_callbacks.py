import torch
from torch import nn


class Callback:
    def on_after_backward(self, trainer): ...


class GradLogger(Callback):
    def __init__(self):
        self.norms = []

    def on_after_backward(self, trainer):
        self.norms.append(sum(p.grad.norm().item() for p in trainer.model.parameters()))


class Trainer:
    def __init__(self, model, callbacks):
        self.model, self.callbacks = model, callbacks
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, 30)

    def fit(self, x, y, steps):
        for _ in range(steps):
            loss = nn.functional.cross_entropy(self.model(x), y)
            loss.backward()
            for callback in self.callbacks:
                callback.on_after_backward(self)
            self.model.zero_grad()  # expect: TCK202
            self.optimizer.step()
            self.scheduler.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(80, 6)
print(Trainer(nn.Linear(6, 3), [GradLogger()]).fit(x, x[:, :3].argmax(1), 15))
