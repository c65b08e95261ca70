"""Right: in the manner of Accelerate: step and zero_grad are called each batch, and do nothing until gradients are synced."""
import contextlib

import torch
from torch import nn


class AcceleratedOptimizer:
    def __init__(self, optimizer, accelerator):
        self.optimizer, self.accelerator = optimizer, accelerator

    def step(self):
        if self.accelerator.sync_gradients:
            self.optimizer.step()

    def zero_grad(self):
        if self.accelerator.sync_gradients:
            self.optimizer.zero_grad()


class Accelerator:
    def __init__(self, gradient_accumulation_steps):
        self.gradient_accumulation_steps, self.count = gradient_accumulation_steps, 0
        self.sync_gradients = True

    def prepare(self, model, optimizer):
        return model, AcceleratedOptimizer(optimizer, self)

    @contextlib.contextmanager
    def accumulate(self, model):
        self.count += 1
        self.sync_gradients = self.count % self.gradient_accumulation_steps == 0
        yield

    def backward(self, loss):
        (loss / self.gradient_accumulation_steps).backward()


torch.manual_seed(0)
accelerator = Accelerator(4)
model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
model, optimizer = accelerator.prepare(model, torch.optim.AdamW(model.parameters(), lr=5e-3))
x = torch.randn(320, 8)
y = x[:, :3].argmax(1)
for epoch in range(3):
    for rows in torch.randperm(320).split(16):
        with accelerator.accumulate(model):
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
print(loss.item())
