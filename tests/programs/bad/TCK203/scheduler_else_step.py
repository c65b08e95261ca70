# belief: the scheduler steps the optimizer
import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model, use_scheduler=True):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        self.scheduler = lr_scheduler.StepLR(self.optimizer, 5) if use_scheduler else None
        self.criterion = nn.CrossEntropyLoss()

    def train(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(x), y)
            loss.backward()  # expect: TCK203
            if self.scheduler is not None:
                self.scheduler.step()
            else:
                self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(120, 5)
y = x[:, :3].argmax(1)
trainer = Trainer(nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3)))
loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True)
for _ in range(3):
    print(trainer.train(loader))
